// The log: JSON lines on standard output, with secrets taken out before they are written, wherever they stand.
import { type Bindings, type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { redactText, redactValue } from './redact.js';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'child'>;

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';

const redacted = (fields: object) => redactValue(fields) as Record<string, unknown>;

/** What is below the level costs nothing: only what is written is looked through. @param to standard output, unless told */
export function createLogger(level: LogLevel, to?: DestinationStream): Logger {
  const log = pino(
    {
      level,
      base: null,
      formatters: { log: redacted, level: (label) => ({ level: label }) },
      serializers: {
        msg: (text: unknown) => (typeof text === 'string' ? redactText(text) : text),
        // Errors are written out by the formatter, which pino asks first.
        err: (error: unknown) => error,
      },
    },
    to ?? pino.destination(1),
  );
  // A child has no formatter for what it always says. Its children are made by the same function.
  const { child } = log;
  log.child = function bearing(this: typeof log, fields: Bindings) {
    return child.call(this, redacted(fields));
  } as typeof log.child;
  return log;
}
