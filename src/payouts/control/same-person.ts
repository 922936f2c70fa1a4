// Whether two names in the audit are one person, for the rule that two people decide. It rather takes two people for one
// than one for two: a third admin can still approve.

/** Before the name that the operator's tool acts under: the account of the machine that it runs as. */
export const OPERATOR_PREFIX = 'operator:';

const isOperator = (actor: string) => `starts_with(lower(${actor}), '${OPERATOR_PREFIX}')`;

/** Case, blanks around it and forms of the same letters make nobody another person. */
const bare = (actor: string) =>
  `regexp_replace(btrim(lower(normalize(${actor}, NFKC))), '^${OPERATOR_PREFIX}\\s*', '')`;

/** An account of a machine is called `ann`, an admin's token may say `ann@platform`. */
const local = (actor: string) => `split_part(${bare(actor)}, '@', 1)`;

/** SQL on two expressions of type text. */
export const isSamePerson = (one: string, other: string): string =>
  `(${bare(one)} = ${bare(other)}
    OR (${isOperator(one)} OR ${isOperator(other)}) AND ${local(one)} = ${local(other)})`;
