// Emits an arbitrary event at once, whatever the webhook mode: of legacy types, with old or future
// timestamps, several signatures, the wrong secret, `livemode: true`, or an object that is not so.
import { BY_CONTROL, type Core, change } from './core.js';
import { record } from './events.js';
import { ControlError, defined } from './fields.js';
import { asLegacyTransfer, isLegacy } from './legacy.js';
import { transferAsItStands } from './objects.js';
import type { Emission, Emitted } from './webhook-types.js';

type Shown = { id: string; [name: string]: unknown };

/** Records the event and tries its delivery once before it resolves. Throws ControlError without an object. */
export async function emit(core: Core, emission: Emission): Promise<Emitted> {
  const { type, id, created, livemode, apiVersion, timestamp, signWith } = emission;
  const object = { ...objectOf(core, emission), ...emission.patch } as Shown;
  const account = emission.account ?? ownerOf(core, emission);
  const facts = { type, object, ...defined({ account, id, created, livemode, apiVersion }) };
  const { result } = change(core, BY_CONTROL, (made) =>
    record(made, facts, defined({ timestamp, signWith })),
  );
  const delivery = await core.webhooks.deliverNow(result);
  const event = core.store.get('events', result)?.event;
  if (!event) throw new ControlError('The simulator was reset meanwhile', 409);
  return { event, delivery };
}

function objectOf(core: Core, { type, objectId, object }: Emission): Shown {
  if (object) return object;
  if (objectId === undefined) throw new ControlError('Send objectId or object');
  const found = lookUp(core, objectId);
  return isLegacy(type) ? asLegacyTransfer(type, found) : found;
}

function lookUp(core: Core, id: string): Shown {
  const { store } = core;
  const transfer = store.get('transfers', id);
  if (transfer) return { ...transferAsItStands(core, transfer) };
  const other = store.get('payouts', id)?.payout ?? store.get('accounts', id)?.account;
  return other ? { ...other } : { id, object: kindOf(id) };
}

function kindOf(id: string): string {
  const kinds: Record<string, string> = { tr: 'transfer', po: 'payout', acct: 'account' };
  return kinds[id.split('_')[0] ?? ''] ?? 'unknown';
}

// What happens to connected accounts and their bank payouts is their own event; transfers are the platform's.
function ownerOf(core: Core, { type, objectId = '' }: Emission): string | undefined {
  if (type.startsWith('transfer.')) return undefined;
  return core.store.get('payouts', objectId)?.account ?? core.store.get('accounts', objectId)?.id;
}
