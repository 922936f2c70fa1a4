// The export's CSV a second time, from the answers of the API and by nothing of the export's own code: as docs/exports.md
// says that it is written. What both ways make alike is so by the rules, and not by one mistake.

/** A payout as the API tells it; `creator` and `royaltyStatement` are objects, creators' answers lack what admins read. */
export type Node = Readonly<Record<string, unknown>>;

export const FIELDS = `reference creator { id displayName email externalId } royaltyStatement { id } amountCents currency
  status stripeTransferId failureCode failedReason retryCount lastRetryAt nextAttemptAt processedAt createdAt updatedAt`;

const FOR_ADMINS = ['creatorEmail', 'creatorExternalId', 'stripeTransferId'];
const NAMES = [
  'reference',
  'creatorId',
  'creatorName',
  'creatorEmail',
  'creatorExternalId',
  'royaltyStatementId',
  ...['amountCents', 'currency', 'status', 'stripeTransferId', 'failureCode', 'failedReason', 'retryCount'],
  ...['lastRetryAt', 'nextAttemptAt', 'processedAt', 'createdAt', 'updatedAt'],
];

const namesFor = (isAdmin: boolean) => NAMES.filter((name) => isAdmin || !FOR_ADMINS.includes(name));

export const headerLine = (isAdmin: boolean): string => `${namesFor(isAdmin).join(',')}\r\n`;

/** With its line end. */
export function rowLine(node: Node, isAdmin: boolean): string {
  const creator = node['creator'] as Node;
  const cells: Node = {
    ...node,
    creatorId: creator['id'],
    creatorName: creator['displayName'],
    creatorEmail: creator['email'],
    creatorExternalId: creator['externalId'],
    royaltyStatementId: (node['royaltyStatement'] as Node | null)?.['id'],
  };
  return `${namesFor(isAdmin)
    .map((name) => cell(cells[name]))
    .join(',')}\r\n`;
}

function cell(value: unknown): string {
  const text = typeof value === 'string' ? guarded(value) : String(value ?? '');
  return /[",;\t\r\n]/.test(text) ? `"${text.split('"').join('""')}"` : text;
}

const SIGNS = '=+-@＝＋－＠';
const isBlank = (sign: string) => sign === '"' || sign === "'" || sign.trim() === '';

/** Sign by sign: an apostrophe before whatever a spreadsheet would run, at the cell's beginning or where it would begin one. */
function guarded(text: string): string {
  let out = '';
  let atStart = true;
  let atPart = false;
  let runs = false;
  for (const sign of text) {
    runs ||= atStart && (SIGNS.includes(sign) || '\t\r\n'.includes(sign));
    out += atPart && SIGNS.includes(sign) ? `'${sign}` : sign;
    atStart &&= isBlank(sign);
    atPart = sign === ';' || sign === '\t' || (atPart && isBlank(sign));
  }
  return runs ? `'${out}` : out;
}
