// The log: JSON lines on standard output, with secrets taken out before they are written.
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';

/** Names under which a secret could reach a log line, down to the third level of what is logged. */
const SECRET_NAMES = [
  'authorization',
  'token',
  'secret',
  'password',
  'email',
  'cookie',
  'connectionString',
  // Where Postgres quotes the values that it did not like.
  'detail',
  'where',
];

/** @param to where the lines go; absent: standard output */
export function createLogger(level: LogLevel, to?: DestinationStream): Logger {
  const paths = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino({ level, base: null, redact: { paths, censor: '[redacted]' } }, to);
}
