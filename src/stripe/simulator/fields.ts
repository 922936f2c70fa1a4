// Reads the JSON bodies of the control endpoint. Names that are not known are refused, because a misspelt
// fault that silently matches everything would cost an afternoon.

/** A control request that makes no sense; answered with the status and `{ error }`. */
export class ControlError extends Error {
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.name = 'ControlError';
    this.status = status;
  }
}

type Kinds = { string: string; number: number; boolean: boolean; object: Record<string, unknown> };

export class Fields {
  readonly #body: Record<string, unknown>;

  /** Throws ControlError unless the body is an object of which every name is known. */
  constructor(body: unknown, ...names: string[]) {
    if (body === null || typeof body !== 'object' || Array.isArray(body))
      throw new ControlError('Send a JSON object');
    const unknown = Object.keys(body).find((name) => !names.includes(name));
    if (unknown !== undefined) throw new ControlError(`Unknown field ${unknown}; known: ${names.join(', ')}`);
    this.#body = body as Record<string, unknown>;
  }

  raw(name: string): unknown {
    return this.#body[name];
  }

  text(name: string): string | undefined {
    return this.#typed(name, 'string');
  }

  flag(name: string): boolean | undefined {
    return this.#typed(name, 'boolean');
  }

  object(name: string): Record<string, unknown> | undefined {
    return this.#typed(name, 'object');
  }

  /** A whole number. */
  integer(name: string): number | undefined {
    const value = this.#typed(name, 'number');
    if (value === undefined || Number.isSafeInteger(value)) return value;
    throw new ControlError(`${name} must be a whole number`);
  }

  /** A whole number from 0 up. */
  count(name: string): number | undefined {
    const value = this.integer(name);
    if (value === undefined || value >= 0) return value;
    throw new ControlError(`${name} must not be negative`);
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.text(name);
    const found = words.find((word) => word === value);
    if (value === undefined || found !== undefined) return found;
    throw new ControlError(`${name} must be one of ${words.join(', ')}`);
  }

  texts(name: string): string[] | undefined {
    const value = this.#body[name];
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    throw new ControlError(`${name} must be an array of strings`);
  }

  required<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw new ControlError(`${name} is required`);
    return value;
  }

  #typed<K extends keyof Kinds>(name: string, kind: K): Kinds[K] | undefined {
    const value = this.#body[name];
    if (value === undefined) return undefined;
    if (typeof value === kind && value !== null) return value as Kinds[K];
    throw new ControlError(`${name} must be a ${kind}`);
  }
}

/** An object without the names whose value is undefined, as exact optional properties want it. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const kept = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]: Exclude<T[K], undefined> };
}
