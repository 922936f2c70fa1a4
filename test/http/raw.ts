// What fetch would not send: requests byte by byte.
import { connect } from 'node:net';

/** Sends the lines and the body as they are, and answers all that comes back until the other side closes. */
export function sendRaw(
  url: string,
  lines: readonly string[],
  body: Buffer = Buffer.alloc(0),
): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(`${[...lines, '', ''].join('\r\n')}`);
    socket.write(body);
  });
}

/** `HTTP/1.1 413 …` → 413. */
export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

/** As chunked transfer encoding has it: no length is announced. */
export const chunked = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')]);
