// A bug that would cost money: what is changed for it, and which tests must notice.

export interface Edit {
  /** The text to be replaced: it occurs exactly once in its file. */
  find: string;
  replace: string;
}

export interface PlantedBug {
  name: string;
  file: string;
  /** Several where a rule is guarded twice. */
  edits: readonly Edit[];
  /** What it would do. */
  breaks: string;
  /** The test files of which one must fail. */
  tests: readonly string[];
}

/** Test files of the engine, by their place in `test/payouts/`. */
export const payouts = (...names: string[]): string[] => names.map((name) => `test/payouts/${name}.test.ts`);
export const stripe = (...names: string[]): string[] => names.map((name) => `test/stripe/${name}.test.ts`);
