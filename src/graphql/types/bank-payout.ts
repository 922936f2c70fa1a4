// The bank leg of a creator: what Stripe pays out of the creator's balance. For admins and the creator itself.
import type { BankPayout as BankPayoutModel } from '../../generated/prisma/client.js';
import { scopeOf } from '../../payouts/viewer.js';
import { BATCHED } from '../batched.js';
import { builder } from '../builder.js';
import { type ListOfEach, readOfEach } from '../of-each.js';
import { size } from '../shapes.js';
import { Creator } from './creator.js';

const BankPayout = builder.prismaNode('BankPayout', {
  description:
    "What Stripe pays from a creator's balance to its bank. It is no payout of ours, and moves none.",
  id: { field: 'id' },
  nullable: true,
  findUnique: (id, { viewer }) => {
    const scope = viewer ? scopeOf(viewer) : '';
    return scope === null ? { id } : { id, creatorId: scope };
  },
  fields: (t) => ({
    amountCents: t.exposeInt('amountCents', { description: 'In cents of the currency.' }),
    currency: t.exposeString('currency', { description: 'Lower-case ISO code.' }),
    status: t.exposeString('status', {
      description: "Stripe's word: `paid` means that the bank should have it; `failed` may still follow.",
    }),
    failureCode: t.exposeString('failureCode', {
      nullable: true,
      description: "Stripe's code of a failure.",
    }),
    arrivesOn: t.expose('arrivesOn', {
      type: 'Date',
      nullable: true,
      description: 'The day on which the bank should have it.',
    }),
  }),
});

const MOST = 20;

const OF_CREATOR: ListOfEach = {
  table: 'bank_payouts',
  of: 'creator_id = parent.id',
  order: [
    { column: 'told_at', type: 'timestamp' },
    { column: 'id', type: 'text' },
  ],
};

builder.objectField(Creator, 'bankPayouts', (t) =>
  t.loadableList({
    type: BankPayout,
    nullable: true,
    description:
      'What went on from the Stripe balance to the bank, the latest news first; for admins and the creator itself.',
    authScopes: (creator, _args, { viewer }) =>
      viewer?.role === 'ADMIN' || (viewer?.role === 'CREATOR' && viewer.creatorId === creator.id),
    args: {
      first: t.arg.int({
        validate: size(MOST),
        description: `How many, at most ${MOST}, which is also what it is without.`,
      }),
    },
    ...BATCHED,
    byPath: true,
    load: async (ids: string[], { services }, { first }) => {
      const rows = await readOfEach<BankPayoutModel>(services.pool, ids, OF_CREATOR, first ?? MOST);
      return ids.map((id) => rows.get(id) ?? []);
    },
    resolve: ({ id }) => id,
  }),
);
