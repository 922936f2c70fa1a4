// The life of a payout: every pair of statuses, legal or not, and that one place alone writes a status.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PayoutStatus } from '../../src/generated/prisma/enums.js';
import { applyTransition } from '../../src/payouts/apply.js';
import { isLegal, TRANSITIONS, type TransitionCause } from '../../src/payouts/transitions.js';
import { createWorld, type World } from '../support/world.js';
import { ADMIN, changesOf, count, pay, payoutOf } from './support.js';

const STATUSES: PayoutStatus[] = ['PENDING', 'PROCESSING', 'COMPLETED', 'FAILED'];

/** Written out by hand, so that a change of the table in src is seen here. */
const LEGAL: Record<string, TransitionCause[]> = {
  'none>PENDING': ['created'],
  'PENDING>PROCESSING': ['claimed'],
  'FAILED>PROCESSING': ['retry_claimed'],
  'FAILED>PENDING': ['retry_requested'],
  'PROCESSING>COMPLETED': ['transfer_settled'],
  'PROCESSING>FAILED': ['transfer_refused', 'transfer_reversed', 'transfer_failed'],
  'COMPLETED>FAILED': ['transfer_reversed', 'transfer_failed'],
  'PENDING>FAILED': ['rejected'],
  'FAILED>FAILED': ['rejected'],
};

const CAUSES = [...new Set(Object.values(LEGAL).flat())];

describe('the table', () => {
  for (const from of [null, ...STATUSES]) {
    for (const to of STATUSES) {
      const pair = `${from ?? 'none'}>${to}`;
      it(`${LEGAL[pair] ? 'allows' : 'forbids'} ${pair}`, () => {
        const causes = TRANSITIONS.filter((t) => t.from === from && t.to === to).map((t) => t.on);
        expect(causes).toEqual(LEGAL[pair] ?? []);
        expect(isLegal(from, to)).toBe(pair in LEGAL);
      });
    }
  }
});

describe('applyTransition', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  it('refuses every cause from every status that the table does not name, and writes nothing', async () => {
    const { id } = await pay(world);
    for (const from of STATUSES) {
      for (const on of CAUSES) {
        if (TRANSITIONS.some((t) => t.from === from && t.on === on)) continue;
        await expect(applyTransition(world.db.pool, on, [{ payoutId: id, from }], ADMIN)).rejects.toThrow(
          `illegal transition: ${from} on ${on}`,
        );
      }
    }
    expect(await changesOf(world, id)).toEqual(['none>PENDING']);
  });

  it('refuses all of a batch when one of its changes is illegal', async () => {
    const [first, second] = [await pay(world), await pay(world)];
    const changes = [
      { payoutId: first.id, from: 'PENDING' as const },
      { payoutId: second.id, from: 'COMPLETED' as const },
    ];
    await expect(applyTransition(world.db.pool, 'claimed', changes, ADMIN)).rejects.toThrow('illegal');
    expect((await payoutOf(world, first.id)).status).toBe('PENDING');
  });

  it('passes over a payout that has left the status, without a trace', async () => {
    const { id } = await pay(world);
    const before = await count(world, 'audit_events');
    const change = { payoutId: id, from: 'PROCESSING' as const, transferId: 'tr_none' };
    expect(await applyTransition(world.db.pool, 'transfer_settled', [change], ADMIN)).toEqual([]);
    expect(await count(world, 'audit_events')).toBe(before);
    expect(await payoutOf(world, id)).toMatchObject({
      status: 'PENDING',
      version: 1,
      stripeTransferId: null,
    });
  });
});

describe('the source', () => {
  /** Writing through Prisma, or in SQL. What Prisma generates is not ours. */
  const WRITES = [
    /\b(?:UPDATE|INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO)\s+(?:ONLY\s+)?"?payouts\b/i,
    /\.payout\.(?:create|update|upsert|delete)\w*\(/,
  ];

  it('writes payouts in apply-sql.ts, what admins decide in decide-sql.ts, where a trace goes on in trace.ts, their place in a restored log in restored-log.ts, and nowhere else', async () => {
    const root = path.join(import.meta.dirname, '../../src');
    const files = await readdir(root, { recursive: true });
    const sources = files.filter((file) => /\.[cm]?[jt]sx?$/.test(file) && !file.startsWith('generated'));
    const writers: string[] = [];
    for (const file of sources) {
      const text = await readFile(path.join(root, file), 'utf8');
      if (WRITES.some((write) => write.test(text))) writers.push(file.replaceAll('\\', '/'));
    }
    expect(sources.length).toBeGreaterThan(50);
    const known = [
      'db/restored-log.ts',
      'payouts/apply-sql.ts',
      'payouts/control/decide-sql.ts',
      'payouts/trace.ts',
    ];
    expect(writers.sort()).toEqual(known);
    const decisions = await readFile(path.join(root, 'payouts/control/decide-sql.ts'), 'utf8');
    expect(decisions).not.toMatch(/SET[^;]*\bstatus\s*=/i);
    const restored = await readFile(path.join(root, 'db/restored-log.ts'), 'utf8');
    expect(restored.match(/UPDATE payouts p SET \w+/g)).toEqual(['UPDATE payouts p SET log_xid']);
    const trace = await readFile(path.join(root, 'payouts/trace.ts'), 'utf8');
    expect(trace.match(/\bSET [^\n]*?(?= FROM)/g)).toEqual(['SET trace_parent = $2']);
  });
});
