// What a creator still has to do before it can be paid, in plain words. For admins and the creator itself.
import type pg from 'pg';
import { type CreatorStanding, type Readiness, readinessOf } from '../../payouts/creators/requirements.js';
import type { AccountRequirements } from '../../payouts/ports.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { Creator } from './creator.js';

const ReadinessState = builder.enumType('CreatorReadinessState', {
  description: 'Where a creator stands on the way to being paid.',
  values: {
    READY: { description: 'Transfers can be received.' },
    NOT_STARTED: { description: 'There is no account at Stripe yet: `createOnboardingLink` makes one.' },
    ACTION_NEEDED: { description: 'The creator must hand something in: `createOnboardingLink` leads there.' },
    IN_REVIEW: { description: 'Everything was handed in, and Stripe looks at it.' },
    REFUSED: { description: 'Stripe has turned the account down: only its support can help.' },
  },
});

const CreatorReadiness = builder.objectRef<Readiness>('CreatorReadiness').implement({
  description: 'Whether a creator can be paid, and what is missing.',
  fields: (t) => ({
    state: t.field({
      type: ReadinessState,
      description: 'Where the creator stands.',
      resolve: ({ state }) => state,
    }),
    missing: t.exposeStringList('missing', {
      description:
        'What the creator must hand in, in plain words. Also of one that is ready: Stripe may ask for more later.',
    }),
    deadline: t.expose('deadline', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when; null: no time was set.',
    }),
  }),
});

builder.objectField(Creator, 'readiness', (t) =>
  t.loadable({
    type: CreatorReadiness,
    nullable: true,
    description: 'Whether the creator can be paid, and what is missing; for admins and the creator itself.',
    authScopes: (creator, _args, { viewer }) =>
      viewer?.role === 'ADMIN' || (viewer?.role === 'CREATOR' && viewer.creatorId === creator.id),
    ...BATCHED,
    load: async (ids: string[], { services }) => {
      const standings = await standingsOf(services.pool, ids);
      return ids.map((id) => readinessOf(standings.get(id) ?? UNKNOWN));
    },
    resolve: ({ id }) => id,
  }),
);

const UNKNOWN: CreatorStanding = { stripeAccountId: null, transfersEnabled: false, requirements: null };

async function standingsOf(pool: pg.Pool, ids: readonly string[]): Promise<Map<string, CreatorStanding>> {
  const { rows } = await pool.query<CreatorStanding & { id: string; requirements: AccountRequirements }>(
    `SELECT id, stripe_account_id AS "stripeAccountId", transfers_enabled AS "transfersEnabled", requirements
     FROM creators WHERE id = ANY($1::text[])`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, row]));
}
