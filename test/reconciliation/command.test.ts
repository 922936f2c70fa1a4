// payouts reconcile: the period that is asked for, and what it prints.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { periodOf, reconcileOnce } from '../../src/cli/reconcile.js';
import { formatRun } from '../../src/cli/reconcile-report.js';
import { createStripe } from '../../src/stripe/client.js';
import { pay, payoutOf, spoil, work } from '../payouts/support.js';
import { addCreator, createWorld, type World } from '../support/world.js';
import { lastHours, reconcileDeps } from './support.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const reconcile = (period = lastHours()) =>
  reconcileOnce(reconcileDeps(world), period, { name: 'operator:the tests' }, true);

describe('the period', () => {
  it.each([
    ['2026-08-01', '2026-08-01T00:00:00.000Z'],
    ['2026-08-01T06:30', '2026-08-01T06:30:00.000Z'],
    ['2026-08-01T06:30:15', '2026-08-01T06:30:15.000Z'],
    ['2026-08-01T06:30:15Z', '2026-08-01T06:30:15.000Z'],
    ['2026-08-01T06:30:15+02:00', '2026-08-01T04:30:15.000Z'],
  ])('%s is UTC unless it says otherwise', (from, start) => {
    expect(periodOf({ from, to: '2026-09-01' })).toEqual({
      start: new Date(start),
      end: new Date('2026-09-01T00:00:00Z'),
    });
  });

  it('ends now where nothing else is said, and is that of the daily run without any', () => {
    const ends = periodOf({ from: '2026-08-01' })?.end.getTime() ?? 0;
    expect(Math.abs(Date.now() - ends)).toBeLessThan(5_000);
    expect(periodOf({})).toBeNull();
  });

  it.each(['yesterday', '2026-13-01', '1.8.2026', '2026-08-01 06:30', ''])('refuses “%s”', (from) => {
    expect(() => periodOf({ from })).toThrow(/from: .*is not a time such as 2026-08-01/);
  });

  it('must have a beginning if it has an end', () => {
    expect(() => periodOf({ to: '2026-08-01' })).toThrow(/^from: /);
  });
});

describe('the report', () => {
  it('says that the books agree', async () => {
    const report = await reconcile();
    expect(report).toMatchObject({ status: 'COMPLETED', requestedBy: 'operator:the tests', openCount: 0 });
    expect(formatRun(report)).toContain('0 transfers and 0 payouts compared.\n\nThe books agree.');
  });

  it('is that of the days since the last run without a period', async () => {
    const report = await reconcileOnce(reconcileDeps(world), null, { name: 'operator:the tests' }, true);
    expect(report.periodEnd.getTime() - report.periodStart.getTime()).toBe(86_400_000);
  });

  it('lists what was repaired and what is left', async () => {
    const { id } = await pay(world);
    await spoil(world, id, { fault: 'error_500_after_commit' });
    await work(world);
    const repaired = await reconcile();
    expect(formatRun(repaired)).toMatch(
      /repaired +unrecorded transfer +c\w+ +tr_\w+\n\nThe books agree now: 1 repaired\./,
    );
    const stripe = createStripe({ secretKey: 'sk_test_world', apiUrl: world.simulatorUrl, timeoutMs: 2_000 });
    const { accountId } = await addCreator(world);
    await stripe.transfers.create({ amount: 700, currency: 'usd', destination: accountId });
    const left = await reconcile();
    expect(left.openCount).toBe(1);
    expect(formatRun(left)).toMatch(
      /open +unknown transfer +tr_\w+\n\n1 difference left, 0 repaired\. Each has an alert\./,
    );
    expect(JSON.parse(JSON.stringify(left))).toMatchObject({
      kinds: [{ kind: 'unknown_transfer', count: 1 }],
    });
    expect((await payoutOf(world, id)).stripeTransferId).toBe(repaired.items[0]?.transferId);
  });

  it('says that it could not be finished, and why', async () => {
    await world.simulator.fault({
      fault: 'html_502',
      times: 2,
      match: { method: 'GET', path: '/v1/transfers' },
    });
    expect(formatRun(await reconcile())).toMatch(/It could not be finished: .+/);
  });

  it('refuses a period of the future', async () => {
    const future = { start: new Date(), end: new Date(Date.now() + 3_600_000) };
    await expect(reconcile(future)).rejects.toMatchObject({ code: 'INVALID_INPUT', inputPath: ['to'] });
  });
});
