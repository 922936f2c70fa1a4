// Ends the process over an error: what somebody can mend as a sentence, what nobody expected with its stack.

/** Errors of ours carry a literal `code`, and their message says what to do. */
export function reportFailure(error: unknown): never {
  console.error(error instanceof Error && 'code' in error ? error.message : error);
  process.exit(1);
}
