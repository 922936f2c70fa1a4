// Where a request comes from: the address that callers without a token are limited by.
import type { IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';

export type AddressOf = (request: IncomingMessage) => string;

/**
 * @param proxies how many proxies of ours stand in front, each of which adds its caller to X-Forwarded-For; what lies
 * further out is what a client says of itself, and is not believed. Infinity believes all of it.
 */
export function createAddressOf(proxies: number): AddressOf {
  return ({ headers, socket }) => {
    const own = socket.remoteAddress ?? '';
    if (proxies === 0) return networkOf(own);
    const chain = [headers['x-forwarded-for'] ?? ''].flat().join(',').split(',');
    const addresses = [...chain.map(withoutPort).filter((part) => part !== ''), own];
    const address = addresses[Math.max(0, addresses.length - 1 - proxies)] ?? own;
    return networkOf(isIP(address) ? address : own);
  };
}

/** Some proxies write `1.2.3.4:5678` and `[::1]:5678`. */
function withoutPort(text: string): string {
  const trimmed = text.trim();
  return /^\[(.+)\](?::\d+)?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d+$/.exec(trimmed)?.[1] ?? trimmed;
}

/** One household has 2^64 addresses of IPv6: the first half says which it is. */
function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const left = head.split(':').filter((part) => part !== '');
  const right = tail.split(':').filter((part) => part !== '');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = [...left, ...zeros, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}::/64`;
}
