// Which path a request asks for, and whether what it says of our own address can be one: libraries put `Host` and the
// target together, and fail over what is no address.
import type { IncomingMessage } from 'node:http';

const BASE = 'http://localhost';

/** Null for what is no address. @returns the path and the query; the host is none of the request's */
export function targetOf({ url = '/', headers: { host = '' } }: IncomingMessage): URL | null {
  // `//host/path` is a path here, as it is for everybody who reads no base beside it.
  const target = url.startsWith('/') ? BASE + url : url;
  return isHost(host) && URL.canParse(target, BASE) ? new URL(target, BASE) : null;
}

/** The last one that was: most requests name the same. */
let known = '';

/** None is one too: HTTP/1.0 has no such header. */
function isHost(host: string): boolean {
  if (host === known || host === '') return true;
  const valid = !/[\s/?#@\\]/.test(host) && URL.canParse(`http://${host}`);
  if (valid) known = host;
  return valid;
}

/** As proxies do, a client may name the whole address; then only its path is handed on. */
export const isWhole = (target: string | undefined): boolean => !target?.startsWith('/');
