// Preloaded into the built product (`node --import`): kills or stops the process at a named moment, as soon as a test
// has left an order for it. The product itself knows nothing of this.
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, rmSync } from 'node:fs';

const file = process.env.KILL_AT_FILE;

subscribe('payouts:checkpoint', (name) => {
  const order = readOrder();
  if (order?.name !== name) return;
  // Carried out once, also by a process that goes on afterwards.
  rmSync(file);
  process.kill(process.pid, order.signal);
});

/** Read anew each time: the process runs when it is told. */
function readOrder() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
