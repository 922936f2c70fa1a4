// Whether an answer is like the one that is printed: the very same, but for what differs from run to run, such as ids
// and times, which must be of the same kind.

const DIFFERS = /^(?:id|reference|requestId|hash|chain|key|stripeTransferId|\w*[cC]ursor|\w+At|cost)$/;

type Fields = Record<string, unknown>;

/** Each difference by its path; none: they are alike. */
export function differences(printed: unknown, given: unknown, path = ''): string[] {
  if (Array.isArray(printed)) return ofLists(printed, given, path);
  if (isFields(printed)) return ofFields(printed, given, path);
  const alike = DIFFERS.test(path.split('.').at(-1) ?? '') ? kindOf : JSON.stringify;
  return alike(printed) === alike(given)
    ? []
    : [`${path}: ${JSON.stringify(printed)} is ${JSON.stringify(given)}`];
}

function ofLists(printed: unknown[], given: unknown, path: string): string[] {
  if (!Array.isArray(given) || given.length !== printed.length) {
    return [`${path}: ${printed.length} rows are ${JSON.stringify(given)}`];
  }
  return printed.flatMap((row, i) => differences(row, given[i], `${path}.${i}`));
}

function ofFields(printed: Fields, given: unknown, path: string): string[] {
  if (!isFields(given)) return [`${path}: is ${JSON.stringify(given)}`];
  const names = new Set([...Object.keys(printed), ...Object.keys(given)]);
  return [...names].flatMap((name) =>
    name in printed && name in given
      ? differences(printed[name], given[name], `${path}.${name}`)
      : [`${path}.${name}: is only in ${name in printed ? 'the docs' : 'the answer'}`],
  );
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const kindOf = (value: unknown) => (value === null ? 'null' : typeof value);
