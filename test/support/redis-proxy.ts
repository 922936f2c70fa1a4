// Stands between the product and a Redis, and loses what Redis publishes while it is told to: whole messages, with the
// connection as good as ever, so that nobody is told.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface RedisProxy {
  url: string;
  swallowing: boolean;
  /** How many pieces of the network's traffic with published messages were lost. */
  readonly swallowed: number;
  close(): Promise<void>;
}

export async function startRedisProxy(redisPort: number): Promise<RedisProxy> {
  const open = new Set<Socket>();
  let swallowed = 0;
  const server = createServer((client) => {
    const redis = connect(redisPort, '127.0.0.1');
    for (const socket of [client, redis]) open.add(socket.on('error', () => undefined));
    client.on('data', (chunk) => redis.write(chunk));
    redis.on('data', (chunk) => {
      if (proxy.swallowing && isPublished(chunk)) swallowed += 1;
      else client.write(chunk);
    });
    client.on('close', () => end(redis));
    redis.on('close', () => end(client));
  });
  const end = (socket: Socket) => {
    open.delete(socket);
    socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: RedisProxy = {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallowing: false,
    get swallowed() {
      return swallowed;
    },
    async close() {
      for (const socket of [...open]) end(socket);
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

/** As either version of the protocol writes a message of a channel that was subscribed to. */
const isPublished = (chunk: Buffer) => /^[*>]3\r\n\$7\r\nmessage\r\n/.test(chunk.toString('latin1', 0, 20));
