// One kind of rows in memory, kept oldest first by `created`, as Stripe's lists are (they read it backwards).

export interface Row {
  id: string;
  /** Unix seconds. */
  created: number;
}

export class Table<R extends Row> {
  readonly #byId = new Map<string, R>();
  #ordered: R[] = [];

  get size(): number {
    return this.#byId.size;
  }

  get(id: string): R | undefined {
    return this.#byId.get(id);
  }

  /** Inserts the row, or replaces the one with its id in place. */
  put(row: R): void {
    const old = this.#byId.get(row.id);
    this.#byId.set(row.id, row);
    if (old && old.created === row.created) this.#ordered[this.#indexOf(old)] = row;
    else {
      if (old) this.#ordered.splice(this.#indexOf(old), 1);
      this.#ordered.splice(this.#end(row.created), 0, row);
    }
  }

  remove(id: string): void {
    const old = this.#byId.get(id);
    if (!old) return;
    this.#ordered.splice(this.#indexOf(old), 1);
    this.#byId.delete(id);
  }

  clear(): void {
    this.#byId.clear();
    this.#ordered = [];
  }

  /** Oldest first; with an id, only what is newer than it. */
  *oldestFirst(after?: string): Generator<R> {
    const row = after === undefined ? undefined : this.#byId.get(after);
    for (let i = row ? this.#indexOf(row) + 1 : 0; i < this.#ordered.length; i++) yield this.#ordered[i] as R;
  }

  /** Newest first; with an id, only what is older than it. */
  *newestFirst(before?: string): Generator<R> {
    const row = before === undefined ? undefined : this.#byId.get(before);
    for (let i = (row ? this.#indexOf(row) : this.#ordered.length) - 1; i >= 0; i--)
      yield this.#ordered[i] as R;
  }

  // Where the rows made up to this second end: the clock may have been set back.
  #end(created: number): number {
    let low = 0;
    let high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ordered[middle] as R).created <= created) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexOf(row: R): number {
    let index = this.#end(row.created) - 1;
    while (index >= 0 && this.#ordered[index] !== row) index -= 1;
    if (index < 0) throw new Error(`Row ${row.id} is out of order`);
    return index;
  }
}
