// Rows of CSV, counted and hashed while they stream by, so that two ways of making a million of them can be compared
// without holding either.
import { createHash, type Hash } from 'node:crypto';
import { FIELDS, headerLine, type Node, rowLine } from './export-csv.js';

/** Rows between two marks: a difference is told by its block. */
const BLOCK = 10_000;
const [QUOTE, LINE_FEED] = [34, 10];

export class RowHash {
  /** The header is one too. */
  rows = 0;
  bytes = 0;
  /** What everything up to the end of each block comes to. */
  readonly marks: string[] = [];
  readonly #hash: Hash = createHash('sha256');
  #isQuoted = false;

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    let start = 0;
    for (let index = 0; index < chunk.length; index++) {
      if (chunk[index] === QUOTE) this.#isQuoted = !this.#isQuoted;
      if (chunk[index] !== LINE_FEED || this.#isQuoted || ++this.rows % BLOCK !== 0) continue;
      this.#hash.update(chunk.subarray(start, index + 1));
      start = index + 1;
      this.marks.push(this.#hash.copy().digest('hex'));
    }
    this.#hash.update(chunk.subarray(start));
  }

  end(): this {
    this.marks.push(this.#hash.digest('hex'));
    return this;
  }
}

/** Where the two differ first; null: nowhere. */
export function differenceOf(ours: RowHash, theirs: RowHash): string | null {
  const at = ours.marks.findIndex((mark, block) => mark !== theirs.marks[block]);
  if (at !== -1) return `the first difference is in rows ${at * BLOCK} to ${(at + 1) * BLOCK - 1}`;
  return ours.rows === theirs.rows ? null : `${ours.rows} rows against ${theirs.rows}`;
}

const PAGE = `query Page($after: String) {
  payouts(first: 100, after: $after) { nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } }
}`;

interface Page {
  nodes: Node[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** The API's list from its first page to its last, as CSV. @param onRows is told how many have come */
export async function hashList(
  url: string,
  authorization: string,
  onRows: (rows: number) => void,
): Promise<RowHash> {
  const hash = new RowHash();
  hash.add(Buffer.from(headerLine(true)));
  for (let after: string | null = null, more = true; more; ) {
    const { nodes, pageInfo }: Page = await askPage(url, authorization, after);
    hash.add(Buffer.from(nodes.map((node) => rowLine(node, true)).join('')));
    onRows(hash.rows - 1);
    after = pageInfo.endCursor;
    more = pageInfo.hasNextPage;
  }
  return hash.end();
}

async function askPage(url: string, authorization: string, after: string | null): Promise<Page> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ query: PAGE, variables: { after } }),
  });
  const { data, errors } = (await response.json()) as { data?: { payouts?: Page }; errors?: unknown };
  if (!data?.payouts) throw new Error(`the list answered ${JSON.stringify(errors)}`);
  return data.payouts;
}
