// A simulator in a process of its own, for the test that kills it: prints its address once it is ready.
import { SimulatorClient } from '../../../src/stripe/simulator/client.js';
import { startSimulator } from '../../../src/stripe/simulator/server.js';

const [journal = ''] = process.argv.slice(2);
const secrets = { platformSecret: 'whsec_platform', connectSecret: 'whsec_connect' };
const { url } = await startSimulator({ port: 0, journal, balance: { usd: 1_000 }, ...secrets });
await new SimulatorClient(url).createAccount({ id: 'acct_ready', transfers: 'active' });
console.log(url);
