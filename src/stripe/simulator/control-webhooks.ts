// Control routes for webhooks: address, mode, rules for single events, held and past deliveries, emissions.
import type { ControlInput, ControlRoute } from './control-route.js';
import { emit } from './emit.js';
import { ControlError, defined, Fields } from './fields.js';
import { settings } from './settings.js';
import type { Delivery, Emitted, QueuedWebhookRule, WebhookRule } from './webhook-types.js';

export const WEBHOOK_ROUTES: ControlRoute[] = [
  {
    method: 'POST',
    path: '/_control/webhooks',
    help: '{url?: address or null, mode?: deliver | hold | drop} for events from now on',
    handle: configure,
  },
  {
    method: 'GET',
    path: '/_control/webhooks/deliveries',
    help: 'every event with its delivery and tries',
    handle: ({ core }) => core.webhooks.list(),
  },
  {
    method: 'POST',
    path: '/_control/webhooks/release',
    help: "{order?: [evt_…] or 'reverse'}: delivers what is held, one after the other",
    handle: release,
  },
  {
    method: 'POST',
    path: '/_control/webhooks/redeliver',
    help: '{event: evt_…, copies?: 1}: the same id, fresh signatures',
    handle: redeliver,
  },
  {
    method: 'POST',
    path: '/_control/webhooks/drain',
    help: 'answers once nothing is queued or under way',
    handle: ({ core }) => core.webhooks.idle().then(() => ({})),
  },
  {
    method: 'POST',
    path: '/_control/webhooks/rules',
    help: "{action: drop | hold | duplicate | delay | swap, match?: {type, objectId}, times?: 1 | 'always', ms?}",
    handle: addRule,
  },
  { method: 'DELETE', path: '/_control/webhooks/rules', help: 'forgets all rules', handle: clearRules },
  {
    method: 'POST',
    path: '/_control/emit',
    help: '{type, objectId? or object?, patch?, account?, id?, created?, livemode?, apiVersion?, timestamp?, signWith?: [platform | connect | whsec_…]}',
    handle: emission,
  },
];

function configure({ core, body }: ControlInput): object {
  const fields = new Fields(body, 'url', 'mode');
  const url = fields.raw('url') === null ? null : fields.text('url');
  const mode = fields.oneOf('mode', ['deliver', 'hold', 'drop']);
  if (typeof url === 'string' && !/^https?:\/\//.test(url))
    throw new ControlError('url must begin with http:// or https://');
  if (mode !== undefined) core.webhooks.setMode(mode);
  if (url !== undefined) core.webhooks.setUrl(url);
  const { webhookUrl, webhookMode } = settings(core.store);
  return { url: webhookUrl, mode: webhookMode };
}

function release({ core, body }: ControlInput): Promise<Delivery[]> {
  const fields = new Fields(body, 'order');
  if (fields.raw('order') === 'reverse') return core.webhooks.release('reverse');
  return core.webhooks.release(fields.texts('order'));
}

function redeliver({ core, body }: ControlInput): Promise<Delivery> {
  const fields = new Fields(body, 'event', 'copies');
  const id = fields.required('event', fields.text('event'));
  if (!core.store.get('events', id)) throw new ControlError(`No event ${id}`, 404);
  return core.webhooks.redeliver(id, fields.count('copies'));
}

const ACTIONS = ['drop', 'hold', 'duplicate', 'delay', 'swap'] as const;

function addRule({ core, body }: ControlInput): QueuedWebhookRule {
  const fields = new Fields(body, 'action', 'match', 'times', 'ms');
  const action = fields.required('action', fields.oneOf('action', ACTIONS));
  const match = new Fields(fields.object('match') ?? {}, 'type', 'objectId');
  const rule: WebhookRule = {
    action,
    match: defined({ type: match.text('type'), objectId: match.text('objectId') }),
    ...defined({
      times: fields.raw('times') === 'always' ? 'always' : fields.count('times'),
      ms: fields.count('ms'),
    }),
  };
  return core.webhooks.rules.add(rule);
}

function clearRules({ core }: ControlInput): object {
  core.webhooks.rules.clear();
  return {};
}

function emission({ core, body }: ControlInput): Promise<Emitted> {
  const names = [
    'type',
    'objectId',
    'object',
    'patch',
    'account',
    'id',
    'created',
    'livemode',
    'apiVersion',
    'timestamp',
    'signWith',
  ];
  const fields = new Fields(body, ...names);
  const options = {
    objectId: fields.text('objectId'),
    object: withId(fields.object('object')),
    patch: fields.object('patch'),
    account: fields.text('account'),
    id: fields.text('id'),
    created: fields.count('created'),
    livemode: fields.flag('livemode'),
    apiVersion: fields.raw('apiVersion') === null ? null : fields.text('apiVersion'),
    timestamp: fields.count('timestamp'),
    signWith: fields.texts('signWith'),
  };
  return emit(core, { type: fields.required('type', fields.text('type')), ...defined(options) });
}

function withId(
  object: Record<string, unknown> | undefined,
): ({ id: string } & Record<string, unknown>) | undefined {
  if (object === undefined) return undefined;
  if (typeof object.id !== 'string') throw new ControlError('object needs an id');
  return { ...object, id: object.id };
}
