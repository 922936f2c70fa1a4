// A simulator in a process of its own that is closed in the middle of everything: a webhook that waits for
// its next try, one that is under way, a request that is held. The process must then end by itself.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { SimulatorClient } from '../../../src/stripe/simulator/client.js';
import { startSimulator } from '../../../src/stripe/simulator/server.js';

const [journal = ''] = process.argv.slice(2);
const endpoint = http.createServer((_req, res) => {
  // The first two webhooks are refused, the third is never answered.
  if (++seen <= 2) res.writeHead(500).end();
  else underWay();
});
let seen = 0;
let underWay = () => {};
const third = new Promise<void>((resolve) => (underWay = resolve));
await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
const webhookUrl = `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`;

const secrets = { platformSecret: 'whsec_platform', connectSecret: 'whsec_connect' };
const delays = { webhookRetryDelaysMs: [60_000] };
const simulator = await startSimulator({ port: 0, journal, webhookUrl, ...delays, ...secrets });
const control = new SimulatorClient(simulator.url);
const { id } = await control.createAccount();
await control.setCapability(id, 'active');
await control.drainWebhooks();
await control.bankPayout(id, { status: 'failed' });
await third;
await control.fault({ fault: 'latency', ms: 60_000 });
const held = fetch(`${simulator.url}/v1/balance`, { headers: { authorization: 'Bearer sk_test_x' } }).catch(
  () => {},
);
while ((await control.state()).heldRequests < 1) await new Promise(setImmediate);

await Promise.all([simulator.close(), simulator.close()]);
await held;
endpoint.closeAllConnections();
endpoint.close();
console.log('closed');
