// Royalty statements come in by the hundred: each row for itself, and never less than what was paid of one.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPayout } from '../../../src/payouts/create.js';
import { previewRun } from '../../../src/payouts/runs/preview.js';
import { createRun } from '../../../src/payouts/runs/run.js';
import type { StatementInput } from '../../../src/payouts/upsert/statement-plan.js';
import { verifyAudit } from '../../../src/payouts/verify-audit.js';
import { importStatements } from '../../../src/statements/import.js';
import { addCreator, addStatement, createWorld, type TestCreator, type World } from '../../support/world.js';
import { expectInvariants } from '../invariants.js';
import { ADMIN, count, pay, spoil, work } from '../support.js';
import { auditOf, idsOf, oneRow, putStatements, statementRow, told, whileHeld } from './support.js';

let world: World;
let creator: TestCreator;
let folder: string;
beforeAll(async () => {
  world = await createWorld();
  creator = await addCreator(world);
  folder = await mkdtemp(path.join(tmpdir(), 'upserts-'));
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const stateOf = (id: string) =>
  oneRow(
    world,
    `SELECT external_id AS "externalId", creator_id AS "creatorId", period_start::text AS "periodStart",
       period_end::text AS "periodEnd", amount_cents AS "amountCents", currency
     FROM royalty_statements WHERE id = $1`,
    id,
  );

describe('a good row', () => {
  it('creates its statement in the currency of payouts, and says in the audit who and what', async () => {
    const row = statementRow(creator.id);
    const [id = ''] = idsOf(await putStatements(world, row));
    expect(await stateOf(id)).toEqual({ ...row, currency: 'usd' });
    const nothing = { earned: null, carriedIn: '0', carriedOut: '0' };
    expect(await auditOf(world, id)).toEqual([
      {
        chain: 'statements',
        actor: ADMIN.name,
        action: 'statement_created',
        requestId: ADMIN.requestId,
        before: null,
        after: { id, ...row, currency: 'usd', ...nothing },
      },
    ]);
  });

  it('changes amount and period, and the audit has both', async () => {
    const row = statementRow(creator.id);
    const [id = ''] = idsOf(await putStatements(world, row));
    const changed = { ...row, amountCents: 0, periodStart: '2026-07-01' };
    expect(told(await putStatements(world, changed))).toEqual(['UPDATED']);
    expect(await stateOf(id)).toMatchObject(changed);
    const [, audit] = await auditOf(world, id);
    expect(audit).toMatchObject({ action: 'statement_updated', before: row, after: changed });
  });

  it('asked for again writes nothing at all', async () => {
    const row = statementRow(creator.id);
    const [id = ''] = idsOf(await putStatements(world, row));
    const before = await oneRow(world, 'SELECT * FROM royalty_statements WHERE id = $1', id);
    expect(told(await putStatements(world, row))).toEqual(['UNCHANGED']);
    expect(await oneRow(world, 'SELECT * FROM royalty_statements WHERE id = $1', id)).toEqual(before);
    expect(await auditOf(world, id)).toHaveLength(1);
  });

  it('can be paid from at once', async () => {
    const [id = ''] = idsOf(await putStatements(world, statementRow(creator.id)));
    const payout = await pay(world, { creatorId: creator.id, royaltyStatementId: id, amountCents: 10_000 });
    expect(payout).toMatchObject({ royaltyStatementId: id, status: 'PENDING' });
  });
});

const BAD: [string, string, Partial<StatementInput>][] = [
  ['no external id', 'INVALID_INPUT statements.1.externalId', { externalId: '' }],
  ['NUL in the external id', 'INVALID_INPUT statements.1.externalId', { externalId: 'a\0b' }],
  ['a creator that there is not', 'NOT_FOUND', { creatorId: 'nobody' }],
  [
    'a period that ends before it begins',
    'INVALID_INPUT statements.1.periodEnd',
    { periodEnd: '2026-07-31' },
  ],
  ['a period of long ago', 'INVALID_INPUT statements.1.periodStart', { periodStart: '0201-08-01' }],
  ['a period of the far future', 'INVALID_INPUT statements.1.periodEnd', { periodEnd: '2206-08-01' }],
  ['an amount below zero', 'INVALID_INPUT statements.1.amountCents', { amountCents: -1 }],
  ['a part of a cent', 'INVALID_INPUT statements.1.amountCents', { amountCents: 0.5 }],
];

describe('a bad row', () => {
  it.each(BAD)('with %s is %s, and keeps no other out', async (_what, code, over) => {
    const before = await count(world, 'royalty_statements');
    const rows = [
      statementRow(creator.id),
      { ...statementRow(creator.id), ...over },
      statementRow(creator.id),
    ];
    expect(told(await putStatements(world, ...rows))).toEqual(['CREATED', code, 'CREATED']);
    expect(await count(world, 'royalty_statements')).toBe(before + 2);
  });

  it('is one that gives a statement to another creator, and the later of two of one id', async () => {
    const row = statementRow(creator.id);
    const [id = ''] = idsOf(await putStatements(world, row));
    const other = await addCreator(world);
    const stolen = { ...row, creatorId: other.id, amountCents: 1 };
    expect(told(await putStatements(world, stolen, row))).toEqual([
      'INVALID_INPUT statements.0.creatorId',
      'INVALID_INPUT statements.1.externalId',
    ]);
    expect(await stateOf(id)).toMatchObject(row);
  });

  it('is one of a statement in another currency', async () => {
    const row = statementRow(creator.id);
    const [id = ''] = idsOf(await putStatements(world, row));
    await world.db.pool.query(`UPDATE royalty_statements SET currency = 'eur' WHERE id = $1`, [id]);
    const changed = { ...row, amountCents: 1 };
    expect(told(await putStatements(world, changed))).toEqual(['INVALID_INPUT statements.0.amountCents']);
  });

  it.each([0, 501])('%i rows are an error of the whole call', async (length) => {
    const rows = Array.from({ length }, () => statementRow(creator.id));
    await expect(putStatements(world, ...rows)).rejects.toMatchObject({ inputPath: ['statements'] });
  });
});

describe('what is paid or on its way', () => {
  const paidFrom = async (amountCents: number) => {
    const row = statementRow(creator.id);
    const [id = ''] = idsOf(await putStatements(world, row));
    const payout = await pay(world, { creatorId: creator.id, royaltyStatementId: id, amountCents });
    return { row, id, payout };
  };

  it('stays covered: the amount may come down to it, and no further', async () => {
    const { row, id } = await paidFrom(6_000);
    const [refused] = await putStatements(world, { ...row, amountCents: 5_999 });
    expect(refused).toMatchObject({
      code: 'STATEMENT_OVERDRAWN',
      availableCents: 4_000,
      message: '$60.00 of this statement is paid or on its way: it cannot be less than that.',
    });
    expect(await stateOf(id)).toMatchObject(row);
    expect(told(await putStatements(world, { ...row, amountCents: 6_000 }))).toEqual(['UPDATED']);
  });

  it('counts while it waits for a retry, and no more once it failed for good', async () => {
    const { row, payout } = await paidFrom(6_000);
    await spoil(world, payout.id, { fault: 'stripe_error', code: 'amount_too_large' });
    await work(world);
    expect(told(await putStatements(world, { ...row, amountCents: 0 }))).toEqual(['UPDATED']);
    const waiting = await paidFrom(6_000);
    await spoil(world, waiting.payout.id, { fault: 'stripe_error', code: 'balance_insufficient' });
    await work(world);
    expect(told(await putStatements(world, { ...waiting.row, amountCents: 0 }))).toEqual([
      'STATEMENT_OVERDRAWN',
    ]);
  });

  it('is never more than the statement, while its amount goes down and 50 payouts are made', async () => {
    const rows = [1, 2, 3, 4].map(() => statementRow(creator.id));
    const ids = idsOf(await putStatements(world, ...rows));
    const create = (i: number) => {
      const spends = { creatorId: creator.id, royaltyStatementId: ids[i % 4] ?? '', amountCents: 900 };
      return createPayout(world.deps, { ...spends, idempotencyKey: randomUUID() }, ADMIN).catch(
        (error: { code: string }) => error.code,
      );
    };
    const lower = (amountCents: number) =>
      putStatements(world, ...rows.map((row) => ({ ...row, amountCents })).toReversed());
    const payouts: ReturnType<typeof create>[] = [];
    const lowered: ReturnType<typeof lower>[] = [];
    for (let i = 0; i < 50; i++) {
      if (i % 10 === 0) lowered.push(lower(9_900 - i * 100));
      payouts.push(create(i));
    }
    const [created, lowerings] = await Promise.all([Promise.all(payouts), Promise.all(lowered)]);
    expect(new Set(created.map((one) => (typeof one === 'string' ? one : 'made')))).toEqual(
      new Set(['made', 'STATEMENT_OVERDRAWN']),
    );
    expect(lowerings.flatMap(told)).toContain('UPDATED');
    const { worst } = await oneRow(
      world,
      `SELECT max(paid - amount_cents)::int AS worst FROM royalty_statements s CROSS JOIN LATERAL (
         SELECT COALESCE(sum(amount_cents), 0) AS paid FROM payouts WHERE royalty_statement_id = s.id) p
       WHERE s.id = ANY($1)`,
      ids,
    );
    expect(worst).toBeLessThanOrEqual(0);
    await expectInvariants(world);
  });

  it('waits for a payout that is being made, and counts it', async () => {
    const row = statementRow(creator.id);
    const [id = ''] = idsOf(await putStatements(world, row));
    const payout = `INSERT INTO payouts (id, creator_id, royalty_statement_id, amount_cents, updated_at)
      VALUES ($1, $2, $3, 200, now())`;
    const asked = await whileHeld(
      world,
      ['SELECT 1 FROM royalty_statements WHERE id = $1 FOR UPDATE', [id]],
      () => putStatements(world, { ...row, amountCents: 100 }),
      [payout, [randomUUID(), creator.id, id]],
    );
    expect(told(asked)).toEqual(['STATEMENT_OVERDRAWN']);
    await world.db.pool.query('DELETE FROM payouts WHERE royalty_statement_id = $1', [id]);
  });
});

describe('a statement that came from a file', () => {
  /** Earned 12.344 of a month, so that 0.004 is carried. */
  async function imported(): Promise<{ owner: TestCreator; row: StatementInput; id: string }> {
    const owner = await addCreator(world);
    await world.db.pool.query(
      'INSERT INTO creator_aliases (name_key, name, creator_id) VALUES ($1, $1, $2)',
      [owner.id, owner.id],
    );
    const file = path.join(folder, `${owner.id}.tsv`);
    const columns = ['Sale Month', 'Artist', 'Title', 'Country of Sale', 'Earnings (USD)', 'Recoup (USD)'];
    const values = ['2026-08', owner.id, 'Slow Ferry', 'SE', '12.344', ''];
    await writeFile(file, `${columns.join('\t')}\n${values.join('\t')}\n`);
    const report = await importStatements(
      { pool: world.db.pool },
      { file, actor: 'system', currency: 'usd' },
    );
    expect(report.outcome).toBe('imported');
    const externalId = report.statements[0]?.externalId ?? '';
    const { id } = await oneRow(
      world,
      'SELECT id FROM royalty_statements WHERE external_id = $1',
      externalId,
    );
    return { owner, id, row: statementRow(owner.id, { externalId, amountCents: 1_234 }) };
  }

  const exactly = (id: string) =>
    oneRow(
      world,
      `SELECT s.amount_cents AS cents, trim_scale(s.earned)::text AS earned,
         trim_scale(s.carried_out)::text AS "carriedOut", trim_scale(c.royalty_carry)::text AS carry,
         s.amount_cents / 100.0 = s.earned + s.carried_in - s.carried_out AS adds_up
       FROM royalty_statements s JOIN creators c ON c.id = s.creator_id WHERE s.id = $1`,
      id,
    );

  it('keeps what is below a cent, and goes on adding up, when its amount is corrected', async () => {
    const { row, id } = await imported();
    const rest = { carriedOut: '0.004', carry: '0.004', adds_up: true };
    expect(told(await putStatements(world, row))).toEqual(['UNCHANGED']);
    expect(await exactly(id)).toEqual({ cents: 1_234, earned: '12.344', ...rest });
    expect(told(await putStatements(world, { ...row, amountCents: 1_233 }))).toEqual(['UPDATED']);
    expect(await exactly(id)).toEqual({ cents: 1_233, earned: '12.334', ...rest });
    const [corrected] = await auditOf(world, id);
    const after = { earned: '12.334', carriedOut: '0.004' };
    expect(corrected).toMatchObject({ action: 'statement_updated', before: { earned: '12.344' }, after });
  });

  it('keeps its period, by which the next import knows it', async () => {
    const { row } = await imported();
    expect(told(await putStatements(world, { ...row, periodEnd: '2026-09-30' }))).toEqual([
      'INVALID_INPUT statements.0.periodStart',
    ]);
  });
});

describe('many calls at once', () => {
  it('with rows in common, beside runs that pay them: no deadlock, nothing twice, and the audit holds', async () => {
    const others = await Promise.all(Array.from({ length: 5 }, () => addCreator(world)));
    const period = { periodStart: '2031-01-01', periodEnd: '2031-01-31' };
    const rows = Array.from({ length: 60 }, (_, i) =>
      statementRow(others[i % 5]?.id ?? '', { ...period, externalId: `shared-${i}`, amountCents: 5_000 }),
    );
    const calls = Array.from({ length: 20 }, (_, call) => {
      const some = rows.slice(call, call + 40).map((row) => ({ ...row, amountCents: 5_000 + call }));
      return putStatements(world, ...(call % 2 === 0 ? some : some.toReversed()));
    });
    const runs = Array.from({ length: 5 }, async () => {
      const { totalCents } = await previewRun(world.deps, period);
      const run = { ...period, expectedTotalCents: totalCents, idempotencyKey: randomUUID() };
      return createRun(world.deps, run, ADMIN).then(
        () => 'made',
        (error: { code: string }) => error.code,
      );
    });
    const outcomes = (await Promise.all(calls)).flatMap(told);
    expect((await Promise.all(runs)).filter((one) => one !== 'made' && one !== 'TOTAL_CHANGED')).toEqual([]);
    expect(outcomes.filter((one) => one === 'CREATED')).toHaveLength(59);
    expect(outcomes.filter((one) => !/^(CREATED|UPDATED|STATEMENT_OVERDRAWN)$/.test(one))).toEqual([]);
    const sql = `SELECT count(*)::int AS n FROM royalty_statements WHERE external_id LIKE 'shared-%'`;
    expect((await oneRow(world, sql)).n).toBe(59);
    expect((await verifyAudit(world.db.pool)).findings).toEqual([]);
    await expectInvariants(world);
  });

  it('beside somebody else who inserts the same statement: it is found and changed', async () => {
    const row = statementRow(creator.id);
    const asked = await whileHeld(
      world,
      [
        `INSERT INTO royalty_statements (id, external_id, creator_id, period_start, period_end, amount_cents, updated_at)
         VALUES ($1, $1, $2, '2026-08-01', '2026-08-31', 1, now())`,
        [row.externalId, creator.id],
      ],
      () => putStatements(world, row),
    );
    expect(asked).toEqual([{ outcome: 'UPDATED', id: row.externalId }]);
  });

  it('leaves the statements of others alone', async () => {
    const id = await addStatement(world, creator.id, 700);
    await putStatements(world, statementRow(creator.id));
    expect(await stateOf(id)).toMatchObject({ amountCents: 700 });
  });
});
