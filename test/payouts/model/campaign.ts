// Runs random histories, and says how to run a failing one again.
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { historyArb, type Step } from './history.js';
import { Player } from './player.js';

/** Histories that are played in one database; after that a new one is begun, since every check looks at all of it. */
const IN_ONE_WORLD = 20;

/** How many in `npm test`, from which seed: it plays the same histories each time, a campaign more of them, or others. */
export interface Campaign {
  runs: number;
  seed: number;
}

/**
 * Settings: `MODEL_RUNS` histories for each file, `MODEL_SEED` and `MODEL_PATH` as a failure prints them, `MODEL_SEED=random`.
 */
export function describeCampaign(defaults: Campaign): void {
  const runs = Number(process.env['MODEL_RUNS'] ?? defaults.runs);
  const seed = seedOf(process.env['MODEL_SEED'], defaults.seed);
  const path = process.env['MODEL_PATH'];
  let player: Player | undefined;
  let played = 0;
  afterAll(() => player?.close());

  it(
    `doubles nothing in any history, and loses nothing in the end (${runs} from seed ${seed})`,
    async () => {
      const property = fc.asyncProperty(historyArb, async (history) => {
        if (played++ % IN_ONE_WORLD === 0) {
          await player?.close();
          player = await Player.open();
        }
        await player?.play(history);
      });
      const result = await fc.check(property, {
        numRuns: runs,
        seed,
        endOnFailure: true,
        ...(path && { path }),
      });
      expect(result.failed, failureOf(result)).toBe(false);
      expect(result.numRuns).toBe(path ? result.numRuns : runs);
    },
    Math.max(240_000, runs * 2_000),
  );
}

function seedOf(setting: string | undefined, otherwise: number): number {
  if (setting === 'random') return Math.floor(Math.random() * 2 ** 31);
  return setting === undefined ? otherwise : Number(setting);
}

function failureOf(result: fc.RunDetails<[Step[]]>): string {
  const again = `MODEL_SEED=${result.seed} MODEL_PATH=${result.counterexamplePath}`;
  const cause =
    result.errorInstance instanceof Error ? result.errorInstance.stack : String(result.errorInstance);
  return `${JSON.stringify(result.counterexample)}\n${cause}\nPlay it again: ${again} npm run test:model`;
}
