// Finds newer states of rows in whatever the server has said: a row is known by its id, wherever it stands in an answer.

interface Row {
  id: string;
}

type Fields = Record<string, unknown>;

/** The rows, each with what the answer says of it; the very same array where it says nothing of any. */
export function newer<R extends Row>(rows: readonly R[], answer: unknown): readonly R[] {
  const said = objectsIn(answer, new Map());
  if (!rows.some(({ id }) => said.has(id))) return rows;
  return rows.map((row) => merged(row, said.get(row.id)));
}

/** Only the fields that the row has, and nothing of an answer that was given before the row's own. */
function merged<R extends Row>(row: R, now: Fields | undefined): R {
  const mine = row as R & Fields;
  if (!now || isOlder(now, mine)) return row;
  const fields = Object.keys(row).filter((name) => name in now);
  return { ...row, ...Object.fromEntries(fields.map((name) => [name, joined(mine[name], now[name])])) };
}

const isOlder = (now: Fields, row: Fields) =>
  typeof now['updatedAt'] === 'string' && now['updatedAt'] < String(row['updatedAt'] ?? '');

/** Lists take arguments: what has the same name may be another one. Of what a row is about, the answer may say less. */
function joined(was: unknown, is: unknown): unknown {
  if (Array.isArray(was)) return was;
  return isObject(was) && isObject(is) && was['id'] === is['id'] ? { ...was, ...is } : is;
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

function objectsIn(value: unknown, found: Map<string, Fields>): Map<string, Fields> {
  if (!isObject(value)) return found;
  const { id } = value;
  if (typeof id === 'string') found.set(id, { ...found.get(id), ...value });
  for (const one of Object.values(value)) objectsIn(one, found);
  return found;
}
