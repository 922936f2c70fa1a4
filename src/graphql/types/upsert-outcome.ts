// What became of a good row of a bulk upsert.
import type { Upserted } from '../../payouts/upsert/rows.js';
import { builder } from '../builder.js';

export const UpsertOutcome = builder.enumType('UpsertOutcome', {
  description: 'What became of a row.',
  values: {
    CREATED: { description: 'It is new.' },
    UPDATED: { description: 'It was there, and is what the row says now.' },
    UNCHANGED: { description: 'It was all that already: nothing was written.' },
  } satisfies Record<Upserted['outcome'], object>,
});
