// An HTTP endpoint of the tests' own, in the place of somebody else's service: keeps what it is sent.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { watch } from './canary.js';

/** What is sent to somebody else is no place for a secret either. */
async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const body = await buffer(request);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface EndpointServer {
  url: string;
  port: number;
  received: Received[];
  close(): Promise<void>;
}

/** @param status what it answers with */
export async function startEndpoint(
  status: () => number | Promise<number> = () => 200,
): Promise<EndpointServer> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    watch('sent', body.toString('latin1'));
    received.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(await status()).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
