// A port among a command's options.
import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError */
export function toPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('not a port');
  return port;
}
