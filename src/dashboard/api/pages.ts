// A list without an end: pages by cursor, of which only those around what is looked at are held. Of the others nothing is
// kept but the cursor that begins them. What the server says of a row anywhere else is seen in the list as well.
import type { Client } from 'urql';
import type { TypedDocumentString } from '../gql/graphql.js';
import { type Channel, createStore, type Store } from '../store.js';
import { nodeOf } from './documents.js';
import { type Problem, problemOf } from './errors.js';
import { newer } from './newer.js';

export const PAGE_SIZE = 50;

export interface Connection<Row> {
  nodes: readonly Row[];
  pageInfo: { endCursor?: string | null; hasNextPage: boolean };
}

export interface ListSource<Row> {
  // biome-ignore lint/suspicious/noExplicitAny: the list knows its document, its pages need not
  document: TypedDocumentString<any, any>;
  variables: Record<string, unknown>;
  select(data: unknown): Connection<Row> | null | undefined;
}

export interface ListState {
  /** Rows that are known of, and some that stand for the next page. */
  count: number;
  /** There are no more than these. */
  isWhole: boolean;
  loading: boolean;
  problem: Problem | null;
  /** Counts what has changed. */
  version: number;
}

export interface PagesDeps {
  client: Client;
  /** What the server has said, of whatever. */
  answers: Channel<unknown>;
  /** What was read may be old. */
  stale: Channel<void>;
}

interface Held<Row> {
  nodes: readonly Row[] | null;
  stop(): void;
}

/** Rows that stand for a page that was not asked for yet. */
const NEXT_ROWS = 8;

const EMPTY: ListState = { count: 0, isWhole: false, loading: true, problem: null, version: 0 };

export class Pages<Row extends { id: string }> {
  readonly state: Store<ListState> = createStore(EMPTY);
  readonly #client: Client;
  readonly #source: ListSource<Row>;
  /** Where each page begins. */
  #cursors: (string | null)[] = [null];
  /** Rows of the last page, once it is known to be the last. */
  #lastSize: number | null = null;
  #problem: Problem | null = null;
  /** The first page has come, whether or not it is still held. */
  #hasBegun = false;
  readonly #held = new Map<number, Held<Row>>();
  readonly #stops: (() => void)[];

  constructor({ client, answers, stale }: PagesDeps, source: ListSource<Row>) {
    this.#client = client;
    this.#source = source;
    this.#stops = [answers.listen((data) => this.#hear(data)), stale.listen(() => this.reload())];
    this.#load(0);
  }

  row(index: number): Row | undefined {
    return this.#held.get(Math.floor(index / PAGE_SIZE))?.nodes?.[index % PAGE_SIZE];
  }

  /** Holds what lies around these rows, and lets go of the rest. */
  look(first: number, last: number): void {
    const from = Math.max(0, Math.floor(first / PAGE_SIZE) - 1);
    const to = Math.min(this.#cursors.length - 1, Math.floor(last / PAGE_SIZE) + 1);
    for (const number of [...this.#held.keys()]) if (number < from - 1 || number > to + 1) this.#drop(number);
    for (let number = from; number <= to; number += 1) if (!this.#held.has(number)) this.#load(number);
  }

  /** Nobody has looked further than the first pages. */
  isAtTop(): boolean {
    return this.#held.has(0) && !this.#held.has(2);
  }

  /** From the beginning: what has come since stands there now. */
  reload(): void {
    for (const number of [...this.#held.keys()]) if (number > 0) this.#drop(number);
    this.#held.get(0)?.stop();
    this.#load(0);
  }

  close(): void {
    for (const number of [...this.#held.keys()]) this.#drop(number);
    for (const stop of this.#stops) stop();
  }

  #load(number: number): void {
    const held: Held<Row> = { nodes: this.#held.get(number)?.nodes ?? null, stop: () => undefined };
    this.#held.set(number, held);
    const { document } = this.#source;
    const answers = this.#client.query(nodeOf(document), this.#variablesOf(number), {
      requestPolicy: 'network-only',
    });
    const { unsubscribe } = answers.subscribe(({ data, error }) => {
      this.#problem = error ? problemOf(error) : null;
      const connection = this.#source.select(data);
      if (connection) this.#take(number, held, connection);
      this.#tell();
    });
    held.stop = unsubscribe;
  }

  #take(number: number, held: Held<Row>, { nodes, pageInfo }: Connection<Row>): void {
    held.nodes = nodes;
    this.#hasBegun = true;
    const next = pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null;
    if (next !== null && this.#cursors[number + 1] === next) return;
    // What followed began elsewhere.
    for (const later of [...this.#held.keys()]) if (later > number) this.#drop(later);
    this.#cursors = [...this.#cursors.slice(0, number + 1), ...(next === null ? [] : [next])];
    this.#lastSize = next === null ? nodes.length : null;
  }

  #hear(data: unknown): void {
    let isChanged = false;
    for (const held of this.#held.values()) {
      const nodes = held.nodes && newer(held.nodes, data);
      if (nodes === held.nodes) continue;
      held.nodes = nodes;
      isChanged = true;
    }
    if (isChanged) this.#tell();
  }

  #drop(number: number): void {
    this.#held.get(number)?.stop();
    this.#held.delete(number);
  }

  #variablesOf(number: number): Record<string, unknown> {
    const after = this.#cursors[number];
    return { ...this.#source.variables, first: PAGE_SIZE, ...(after ? { after } : {}) };
  }

  #tell(): void {
    const before = (this.#cursors.length - 1) * PAGE_SIZE;
    this.state.set({
      count: this.#hasBegun ? before + (this.#lastSize ?? NEXT_ROWS) : 0,
      isWhole: this.#lastSize !== null,
      loading: !this.#hasBegun && !this.#problem,
      problem: this.#problem,
      version: this.state.get().version + 1,
    });
  }
}
