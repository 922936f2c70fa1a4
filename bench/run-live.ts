// `npm run bench -- live`: one change to N subscribers, against a bare `ws` server that sends the same bytes to as many; what
// an idle subscription takes of memory; many creators against few; and how long a change takes from its commit to a
// subscriber of another instance.
import { compareCreators } from './live-creators.js';
import { compareFanOut } from './live-fan-out.js';
import { measureLatency } from './live-latency.js';
import { measureMemory } from './live-memory.js';
import { openLiveWorld } from './live-world.js';
import type { Plan } from './load.js';
import { onStage } from './stage.js';

export interface LiveOptions extends Plan {
  subscribers: readonly number[];
}

export function runLive({ subscribers, rounds }: LiveOptions): Promise<void> {
  return onStage(async (stage) => {
    const world = await openLiveWorld(stage);
    try {
      await measureMemory(world);
      for (const n of subscribers) await compareFanOut(world, n, rounds);
      await compareCreators(world, rounds);
      await measureLatency(world);
    } finally {
      await world.close();
    }
  });
}
