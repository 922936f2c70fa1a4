// What can keep the embedded Postgres from starting: one error class, with a code for each cause.

/** Said at the end of every message whose way out is a Postgres of the reader's own. */
export const USE_YOUR_OWN = 'Or set DATABASE_URL to a Postgres (14 or newer) of your own.';

/**
 * - `NOT_INSTALLED`: the npm package with this platform's binaries is missing.
 * - `NO_SERVER_USER`: started as root where no unprivileged user exists; Postgres refuses to run as root.
 * - `NOT_A_DATABASE`: the data folder holds files that are not Postgres's; they are left alone.
 * - `IN_USE`: another live process runs its Postgres on the same data folder.
 * - `FAILED`: Postgres did not start; the message ends with the tail of its log.
 */
export type EmbeddedPostgresErrorCode =
  | 'NOT_INSTALLED'
  | 'NO_SERVER_USER'
  | 'NOT_A_DATABASE'
  | 'IN_USE'
  | 'FAILED';

export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;

  constructor(code: EmbeddedPostgresErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EmbeddedPostgresError';
    this.code = code;
  }
}
