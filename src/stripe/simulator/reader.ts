// Reads typed values out of decoded parameters, refusing what Stripe refuses, in Stripe's words. All of it
// is validation: nothing that it throws is stored under an idempotency key.
import { invalid } from './errors.js';
import type { Tree, Value } from './params.js';

/** Bounds of a `created` filter, Unix seconds. */
export interface Range {
  gt?: number;
  gte?: number;
  lt?: number;
  lte?: number;
}

/** Metadata as sent: an empty value unsets its key, and `''` as a whole unsets all. */
export type MetadataChange = Record<string, string> | '';

export class Params {
  readonly #tree: Tree;
  readonly #prefix: string;

  constructor(tree: Tree, prefix = '') {
    this.#tree = tree;
    this.#prefix = prefix;
  }

  /** Throws `parameter_unknown` for the first parameter that is not named here (`expand` always is). */
  allow(...names: string[]): this {
    for (const name of Object.keys(this.#tree)) {
      if (names.includes(name) || (this.#prefix === '' && name === 'expand')) continue;
      throw invalid(`Received unknown parameter: ${this.#full(name)}`, 'parameter_unknown', this.#full(name));
    }
    return this;
  }

  has(name: string): boolean {
    return this.#tree[name] !== undefined;
  }

  /** A text that is not empty. */
  text(name: string): string | undefined {
    const value = this.#string(name);
    if (value !== '') return value;
    const full = this.#full(name);
    throw invalid(
      `You passed an empty string for '${full}'. We assume empty values are an attempt to unset a parameter; ` +
        `however '${full}' cannot be unset. You should remove '${full}' from your request or supply a non-empty value.`,
      'parameter_invalid_empty',
      full,
    );
  }

  /** A text in which empty means: unset it. */
  clearable(name: string): string | null | undefined {
    const value = this.#string(name);
    return value === '' ? null : value;
  }

  /** As `text`, and throws `parameter_missing` without it. */
  required(name: string): string {
    return this.text(name) ?? this.#missing(name);
  }

  /** An integer within the bounds; throws `parameter_invalid_integer`. */
  integer(name: string, min: number, max = Number.MAX_SAFE_INTEGER): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const full = this.#full(name);
    if (!/^-?\d{1,16}$/.test(value))
      throw invalid(`Invalid integer: ${value}`, 'parameter_invalid_integer', full);
    const number = Number(value);
    const bound = number < min ? `greater than or equal to ${min}` : `less than or equal to ${max}`;
    if (number >= min && number <= max) return number;
    throw invalid(`This value must be ${bound}.`, 'parameter_invalid_integer', full);
  }

  /** As `integer`, and throws `parameter_missing` without it. */
  requiredInteger(name: string, min: number): number {
    return this.integer(name, min) ?? this.#missing(name);
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value === 'true' || value === 'false') return value === 'true';
    throw invalid(`Invalid boolean: ${value}`, undefined, this.#full(name));
  }

  /** One of the given words. */
  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.text(name);
    const found = words.find((word) => word === value);
    if (value === undefined || found !== undefined) return found;
    const list = words.map((word) => `\`${word}\``).join(', ');
    throw invalid(`Invalid ${this.#full(name)}: must be one of ${list}`, undefined, this.#full(name));
  }

  /** The parameters below a name; an empty reader when there are none. */
  nested(name: string): Params {
    const value = this.#tree[name];
    if (value === undefined) return new Params({}, this.#full(name));
    if (typeof value === 'string') throw invalid(`Invalid hash: ${value}`, undefined, this.#full(name));
    return new Params(value, this.#full(name));
  }

  /** The names below this reader. */
  names(): string[] {
    return Object.keys(this.#tree);
  }

  /** An array of texts. */
  list(name: string): string[] {
    const value = this.#tree[name];
    if (value === undefined) return [];
    if (typeof value === 'string') throw invalid(`Invalid array: ${value}`, undefined, this.#full(name));
    return Object.values(value).map((item) => this.#asString(item, name));
  }

  /** A `created` filter: exact, or any of gt, gte, lt, lte. */
  range(name: string): Range | undefined {
    const value = this.#tree[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string') {
      const exact = this.integer(name, 0) ?? 0;
      return { gte: exact, lte: exact };
    }
    const bounds = this.nested(name).allow('gt', 'gte', 'lt', 'lte');
    const range: Range = {};
    for (const bound of ['gt', 'gte', 'lt', 'lte'] as const) {
      const limit = bounds.integer(bound, 0);
      if (limit !== undefined) range[bound] = limit;
    }
    return range;
  }

  /** Metadata within Stripe's limits: 50 keys of 40 characters, values of 500. */
  metadata(name: string): MetadataChange | undefined {
    const value = this.#tree[name];
    if (value === undefined || value === '') return value;
    const reader = this.nested(name);
    const keys = reader.names();
    if (keys.length > 50) throw invalid('You can have up to 50 metadata keys.', undefined, this.#full(name));
    return Object.fromEntries(keys.map((key) => [key, reader.#metadataValue(key)]));
  }

  #metadataValue(key: string): string {
    const full = this.#full(key);
    if (key.length > 40) throw invalid(`Metadata keys can have up to 40 characters: ${key}`, undefined, full);
    const value = this.#string(key) ?? '';
    if (value.length <= 500) return value;
    throw invalid(
      `Metadata values can have up to 500 characters, but you passed in ${value.length}.`,
      undefined,
      full,
    );
  }

  #string(name: string): string | undefined {
    const value = this.#tree[name];
    return value === undefined ? undefined : this.#asString(value, name);
  }

  #asString(value: Value, name: string): string {
    if (typeof value === 'string') return value;
    throw invalid(`Invalid string: ${JSON.stringify(value)}`, undefined, this.#full(name));
  }

  #missing(name: string): never {
    throw invalid(`Missing required param: ${this.#full(name)}.`, 'parameter_missing', this.#full(name));
  }

  #full(name: string): string {
    return this.#prefix === '' ? name : `${this.#prefix}[${name}]`;
  }
}
