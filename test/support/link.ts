// A connection that can freeze: as a server that is stopped, or a network that swallows what it is given. Nobody is told.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Link {
  /** The same address, through the link. */
  url: string;
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

export async function openLink(target: string): Promise<Link> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let frozen = false;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
      if (frozen) from.pause();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(target);
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const all = (what: (socket: Socket) => unknown, is: boolean) => {
    frozen = is;
    for (const socket of sockets) what(socket);
  };
  return {
    url: url.href,
    freeze: () => all((socket) => socket.pause(), true),
    thaw: () => all((socket) => socket.resume(), false),
    async close() {
      all((socket) => socket.destroy(), false);
      server.close();
      await once(server, 'close');
    },
  };
}
