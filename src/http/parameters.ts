// The parameters of an address. Nothing is passed over: whoever mistypes one would get something else than was asked for.
import { badInput } from './refusal.js';

/** The parameters by name. An empty one says nothing. @throws Refusal for one that is unknown or there twice */
export function parametersOf<Name extends string>(
  query: URLSearchParams,
  known: readonly Name[],
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  for (const name of new Set(query.keys())) {
    const mine = known.find((one) => one === name);
    if (!mine) throw badInput(`There is no parameter of this name; there are ${known.join(', ')}.`);
    const [value = '', ...others] = query.getAll(name);
    if (others.length > 0) throw badInput(`${name} is there twice.`);
    if (value.trim() !== '') found[mine] = value.trim();
  }
  return found;
}
