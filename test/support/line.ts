// A line between a client and a server that a test cuts, silences and mends: what networks do.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Line {
  /** `host:port`, where the client connects. */
  host: string;
  /** Ends all connections, and every new one at once. */
  cut(): void;
  /** Those that are open pass nothing on any more and say nothing of it; new ones are as ever. */
  silence(): void;
  /** New connections are as ever. */
  mend(): void;
  close(): Promise<void>;
}

/** @param host the server's `host:port` */
export async function createLine(host: string): Promise<Line> {
  const { hostname, port } = new URL(`http://${host}`);
  const ends = new Set<Socket>();
  let isCut = false;
  const server = createServer((client) => {
    if (isCut) return void client.destroy();
    const far = connect(Number(port), hostname);
    join(client, far);
    join(far, client);
  });

  function join(one: Socket, other: Socket): void {
    ends.add(one);
    one.on('data', (chunk) => other.write(chunk));
    one.on('error', () => undefined);
    one.on('close', () => {
      ends.delete(one);
      other.destroy();
    });
  }

  const endAll = () => {
    for (const end of ends) end.destroy();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      endAll();
    },
    silence() {
      for (const end of ends) end.removeAllListeners('data').resume();
    },
    mend() {
      isCut = false;
    },
    async close() {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
