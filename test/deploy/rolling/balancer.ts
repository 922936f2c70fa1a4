// A balancer as small as can be, which does what any does: each connection goes to one of the instances that said at
// /health/ready that they are, looked at again and again. It does no more for its clients: where the instance is gone
// already, the connection is cut.
import { once } from 'node:events';
import net, { type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Balancer {
  url: string;
  add(instance: string): void;
  remove(instance: string): void;
  /** How many are ready now. */
  ready(): number;
  close(): Promise<void>;
}

/** Milliseconds between two looks at an instance's health. */
export const LOOK_MS = 100;

export async function startBalancer(): Promise<Balancer> {
  const instances = new Map<string, { ready: boolean }>();
  const sockets = new Set<Socket>();
  let turn = 0;
  let stopped = false;

  const server = net.createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy()).on('close', () => sockets.delete(client));
    pass(client);
  });

  function pass(client: Socket): void {
    const ready = [...instances].filter(([, state]) => state.ready).map(([url]) => new URL(url));
    const chosen = ready[turn++ % Math.max(ready.length, 1)];
    if (chosen) join(client, net.connect(Number(chosen.port), chosen.hostname));
    else client.destroy();
  }

  async function look(url: string, state: { ready: boolean }): Promise<void> {
    while (!stopped && instances.get(url) === state) {
      const answer = await fetch(`${url}/health/ready`, {
        signal: AbortSignal.timeout(1_000),
        headers: { connection: 'close' },
      }).catch(() => null);
      state.ready = answer?.ok ?? false;
      await answer?.arrayBuffer().catch(() => undefined);
      await sleep(LOOK_MS);
    }
  }

  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add(instance) {
      const state = { ready: false };
      instances.set(instance, state);
      void look(instance, state);
    },
    remove: (instance) => void instances.delete(instance),
    ready: () => [...instances.values()].filter(({ ready }) => ready).length,
    async close() {
      stopped = true;
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What one side says goes to the other, also that it ends, and how. */
function join(client: Socket, upstream: Socket): void {
  upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
  if (client.destroyed) upstream.destroy();
  client.pipe(upstream).pipe(client);
}
