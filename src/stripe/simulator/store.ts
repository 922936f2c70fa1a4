// All state that survives a restart: tables of rows, changed only in transactions. A transaction is written
// to the journal as one line and then applied, so that a transfer, its events and its idempotency record
// stand together or not at all.
import { type Entry, Journal } from './journal.js';
import type { Rows } from './rows.js';
import { type Row, Table } from './table.js';

export type TableName = keyof Rows;
type Tables = { [Name in TableName]: Table<Rows[Name]> };

// Below this many changes a rewrite at start would save nothing worth having.
const COMPACT_ABOVE = 5_000;

export class Store {
  readonly #tables: Tables = {
    transfers: new Table(),
    reversals: new Table(),
    accounts: new Table(),
    links: new Table(),
    balanceTransactions: new Table(),
    payouts: new Table(),
    events: new Table(),
    keys: new Table(),
    deliveries: new Table(),
    platform: new Table(),
    control: new Table(),
  };
  readonly #journal: Journal | undefined;

  /** Replays the journal, if a path is given. Throws when it is damaged. */
  constructor(path: string | undefined) {
    if (path === undefined) return;
    let replayed = 0;
    this.#journal = Journal.open(path, (entries) => {
      replayed += entries.length;
      this.#apply(entries);
    });
    const entries = this.#snapshot();
    if (replayed > Math.max(COMPACT_ABOVE, entries.length * 4)) this.#journal.rewrite(entries);
  }

  table<Name extends TableName>(name: Name): Tables[Name] {
    return this.#tables[name];
  }

  get<Name extends TableName>(name: Name, id: string): Rows[Name] | undefined {
    return (this.#tables[name] as Table<Rows[Name]>).get(id);
  }

  /** Runs the work; when it returns, all of its changes are on file and visible, when it throws, none. */
  transact<T>(work: (tx: Tx) => T): T {
    const tx = new Tx(this);
    const result = work(tx);
    const entries = tx.entries();
    if (entries.length === 0) return result;
    this.#journal?.append(entries);
    this.#apply(entries);
    return result;
  }

  /** Forgets everything, on file too. */
  clear(): void {
    for (const table of Object.values(this.#tables)) table.clear();
    this.#journal?.rewrite([]);
  }

  close(): void {
    this.#journal?.close();
  }

  #apply(entries: Entry[]): void {
    for (const [name, id, row] of entries) {
      const table = this.#tables[name as TableName] as Table<Row> | undefined;
      if (row === null) table?.remove(id);
      else table?.put(row as Row);
    }
  }

  #snapshot(): Entry[] {
    return Object.entries(this.#tables).flatMap(([name, table]) =>
      [...(table as Table<Row>).oldestFirst()].map((row): Entry => [name, row.id, row]),
    );
  }
}

/** The changes of one transaction, which sees its own. Rows are replaced, never mutated. */
export class Tx {
  readonly #store: Store;
  readonly #changes = new Map<string, Entry>();

  constructor(store: Store) {
    this.#store = store;
  }

  get<Name extends TableName>(name: Name, id: string): Rows[Name] | undefined {
    const changed = this.#changes.get(`${name}/${id}`);
    return changed ? ((changed[2] ?? undefined) as Rows[Name] | undefined) : this.#store.get(name, id);
  }

  put<Name extends TableName>(name: Name, row: Rows[Name]): void {
    this.#changes.set(`${name}/${row.id}`, [name, row.id, row]);
  }

  remove(name: TableName, id: string): void {
    this.#changes.set(`${name}/${id}`, [name, id, null]);
  }

  entries(): Entry[] {
    return [...this.#changes.values()];
  }
}
