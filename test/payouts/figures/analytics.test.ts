// Analytics: whole days, weeks and months without a gap, each with what happened in it; for admins.
import cuid from '@bugsnag/cuid';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type PayoutAnalytics, payoutAnalytics } from '../../../src/payouts/figures/analytics.js';
import {
  type AnalyticsInterval,
  bucketsOf,
  MOST_BUCKETS,
  mostBucketsOf,
} from '../../../src/payouts/figures/buckets.js';
import { foldRollups } from '../../../src/payouts/figures/fold.js';
import { createCompletedPayout, creatorViewer, globalId, signedInCreator } from '../../graphql/ask.js';
import { ADMIN, type RunningApp, runApp } from '../../support/running-app.js';
import { createWorld, type TestCreator, type World } from '../../support/world.js';
import { ADMIN_VIEWER, addPayee, change, create, fillRollups, moveTo, planOf } from '../rollups.js';

const DAY = 'T00:00:00.000Z';
const days = (buckets: readonly { from: Date; to: Date }[]) =>
  buckets.map(({ from, to }) => `${from.toISOString()} ${to.toISOString()}`.replaceAll(DAY, ''));

describe('the intervals of a time', () => {
  it.each<[AnalyticsInterval, string, string, string[]]>([
    // The last moment is not in it.
    ['DAY', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z', ['2026-03-01 2026-03-02']],
    [
      'DAY',
      '2026-03-01T23:59:59.999Z',
      '2026-03-02T00:00:00.001Z',
      ['2026-03-01 2026-03-02', '2026-03-02 2026-03-03'],
    ],
    // Monday to Monday, over the end of the year.
    [
      'WEEK',
      '2025-12-28T23:00:00Z',
      '2026-01-05T00:00:00Z',
      ['2025-12-22 2025-12-29', '2025-12-29 2026-01-05'],
    ],
    ['WEEK', '2025-12-29T00:00:00Z', '2025-12-29T00:00:00.001Z', ['2025-12-29 2026-01-05']],
    // A leap year, and the end of one.
    [
      'MONTH',
      '2028-01-31T12:00:00Z',
      '2028-03-01T00:00:00Z',
      ['2028-01-01 2028-02-01', '2028-02-01 2028-03-01'],
    ],
    [
      'MONTH',
      '2026-12-31T23:59:59Z',
      '2027-01-01T00:00:01Z',
      ['2026-12-01 2027-01-01', '2027-01-01 2027-02-01'],
    ],
    ['WEEK', '0001-01-03T00:00:00Z', '0001-01-04T00:00:00Z', ['0001-01-01 0001-01-08']],
  ])('%s from %s to %s', (interval, from, to, expected) => {
    expect(days(bucketsOf(new Date(from), new Date(to), interval))).toEqual(expected);
  });

  it('are at most as many as is said of them beforehand, and one or two less at least', () => {
    const start = Date.parse('2025-12-28T23:00:00Z');
    for (const interval of ['DAY', 'WEEK', 'MONTH'] as const) {
      for (let hours = 1; hours < 24 * 360; hours += 37) {
        const [from, to] = [new Date(start), new Date(start + hours * 3_600_000)];
        const [exact, most] = [bucketsOf(from, to, interval).length, mostBucketsOf(from, to, interval)];
        expect(most).toBeGreaterThanOrEqual(exact);
        expect(most).toBeLessThanOrEqual(exact + 2);
      }
    }
  });

  it.each([
    ['all of time', '0001-01-01', '9999-12-31', MOST_BUCKETS],
    ['no time', 'yesterday', '2026-01-01', MOST_BUCKETS],
    ['one before the other', '2026-03-02', '2026-03-01', 1],
  ])('of %s are said to be what they may be', (_, from, to, most) => {
    expect(mostBucketsOf(new Date(from), new Date(to), 'DAY')).toBe(most);
  });

  it.each([
    ['one before the other', '2026-03-02', '2026-03-01', 'must be after from'],
    ['nothing', '2026-03-01', '2026-03-01', 'must be after from'],
    ['one too many', '2026-01-01', '2027-01-02T00:00:00.001Z', 'at most 366'],
    ['all of time', '0001-01-01', '9999-12-31', 'at most 366'],
    ['an end beyond our calendar', '9999-12-31', '9999-12-31T12:00:00Z', 'must end in the year 9999'],
  ])('refuses %s', (_, from, to, message) => {
    const refused = expect.objectContaining({ code: 'INVALID_INPUT', inputPath: ['to'] });
    const ask = () => bucketsOf(new Date(from), new Date(to), 'DAY');
    expect(ask).toThrow(message);
    expect(ask).toThrow(refused);
  });

  it('are as many as there may be', () => {
    expect(bucketsOf(new Date('2028-01-01'), new Date('2029-01-01'), 'DAY')).toHaveLength(MOST_BUCKETS);
  });
});

describe('what happened in them', () => {
  let world: World;
  let creatorId: string;
  beforeAll(async () => {
    world = await createWorld({ ownClock: true });
    creatorId = await addPayee(world);
    // A Sunday which is the last of its month, and the moments around its midnight.
    await moveTo(world, '2032-02-29T23:59:58Z');
    const [first, second] = await create(world.db.pool, [creatorId, creatorId], 700);
    await change(world.db.pool, 'claimed', [first ?? '', second ?? ''], 'PENDING');
    await foldRollups(world.db.pool);
    await moveTo(world, '2032-03-01T00:00:02Z');
    await change(world.db.pool, 'transfer_settled', [first ?? ''], 'PROCESSING');
    await moveTo(world, '2032-03-08T00:00:02Z');
    await change(world.db.pool, 'transfer_refused', [second ?? ''], 'PROCESSING');
    await create(world.db.pool, [await addPayee(world)], 900);
  });
  afterAll(() => world.close());

  const analyse = async (
    interval: AnalyticsInterval,
    from: string,
    to: string,
    of: string | null = creatorId,
  ) => {
    const request = { from: new Date(from), to: new Date(to), interval, creatorId: of };
    const analytics = await payoutAnalytics(world.db.pool, ADMIN_VIEWER, 'usd', request);
    if (!analytics) throw new Error('there are no analytics');
    return analytics;
  };
  const told = ({ buckets, total }: PayoutAnalytics) =>
    [...buckets.map(({ figures }) => figures), total].map(
      ({ createdCount, completedCount, failedCount, successRate }) =>
        `${createdCount} ${completedCount} ${failedCount} ${successRate}`,
    );

  it('is told by day, also where nothing happened', async () => {
    const analytics = await analyse('DAY', '2032-02-28T12:00:00Z', '2032-03-03T00:00:00Z');
    expect(days(analytics.buckets)).toEqual([
      '2032-02-28 2032-02-29',
      '2032-02-29 2032-03-01',
      '2032-03-01 2032-03-02',
      '2032-03-02 2032-03-03',
    ]);
    expect(told(analytics)).toEqual(['0 0 0 null', '2 0 0 null', '0 1 0 1', '0 0 0 null', '2 1 0 1']);
    expect(days([analytics])).toEqual(['2032-02-28 2032-03-03']);
    // Some four seconds from its creation.
    expect(Math.round(analytics.buckets[2]?.figures.averageProcessingSeconds ?? 0)).toBe(4);
    expect(analytics.buckets[1]?.figures.averageProcessingSeconds).toBeNull();
  });

  it('is told by week and by month', async () => {
    const weeks = await analyse('WEEK', '2032-02-29T00:00:00Z', '2032-03-08T00:00:01Z');
    expect(days(weeks.buckets)).toEqual([
      '2032-02-23 2032-03-01',
      '2032-03-01 2032-03-08',
      '2032-03-08 2032-03-15',
    ]);
    expect(told(weeks)).toEqual(['2 0 0 null', '0 1 0 1', '0 0 1 0', '2 1 1 0.5']);
    const months = await analyse('MONTH', '2032-02-29T00:00:00Z', '2032-03-01T00:00:01Z');
    expect(told(months)).toEqual(['2 0 0 null', '0 1 1 0.5', '2 1 1 0.5']);
  });

  it('is of all creators where none is named', async () => {
    const all = await analyse('DAY', '2032-03-08T00:00:00Z', '2032-03-09T00:00:00Z', null);
    expect(told(all)).toEqual(['1 0 1 0', '1 0 1 0']);
    expect(all.creatorId).toBeNull();
  });

  it('is the same whenever it is folded', async () => {
    const range = ['WEEK', '2032-02-01T00:00:00Z', '2032-04-01T00:00:00Z'] as const;
    const { asOf: _, ...before } = await analyse(...range);
    await foldRollups(world.db.pool);
    expect(await analyse(...range)).toMatchObject(before);
  });

  it('is a creator’s own for a creator, and nothing of another’s', async () => {
    const request = { from: new Date('2032-03-08'), to: new Date('2032-03-09'), interval: 'DAY' as const };
    const ask = (of?: string) =>
      payoutAnalytics(world.db.pool, creatorViewer(creatorId), 'usd', { ...request, creatorId: of });
    expect(await ask()).toMatchObject({ creatorId, total: { createdCount: 0, failedCount: 1 } });
    expect(await ask(await addPayee(world))).toBeNull();
  });

  it('costs some dozens of pages by index at a million payouts, and no payout is read', async () => {
    await fillRollups(world, creatorId, 1_500);
    for (const of of [null, creatorId]) {
      const plan = await planOf(world, (db) =>
        payoutAnalytics(db, ADMIN_VIEWER, 'usd', {
          from: new Date('2032-01-01'),
          to: new Date('2032-12-31'),
          interval: 'DAY',
          creatorId: of,
        }),
      );
      expect(plan.tables.filter((name) => name !== 'creators')).toEqual(['payout_deltas', 'payout_rollups']);
      expect(plan.scans).not.toContain('Seq Scan on payout_rollups');
      expect(plan.pages).toBeLessThan(150);
    }
  });
});

describe('over GraphQL', () => {
  const QUERY = `query ($from: DateTime!, $to: DateTime!, $interval: AnalyticsInterval!, $id: ID) {
    payoutAnalytics(from: $from, to: $to, interval: $interval, creatorId: $id) {
      creator { id } interval from to currency
      buckets { from to figures { createdCount completedCents } }
      total { createdCount completedCents successRate failureRate averageProcessingSeconds retryCount } } }`;
  let app: RunningApp;
  let creator: TestCreator & { token: string };
  let admin: string;
  const today = new Date();
  const yesterday = new Date(today.getTime() - 86_400_000);
  const tomorrow = new Date(today.getTime() + 86_400_000);

  beforeAll(async () => {
    app = await runApp();
    admin = await app.token(ADMIN);
    creator = await signedInCreator(app);
    await createCompletedPayout(app, { creatorId: creator.id, amountCents: 700 });
    await createCompletedPayout(app, { creatorId: (await signedInCreator(app)).id, amountCents: 800 });
  });
  afterAll(() => app.close());

  const ask = async (token: string | null, over: Record<string, unknown> = {}) => {
    const variables = { from: yesterday, to: tomorrow, interval: 'DAY', ...over };
    const { data, errors } = await app.query({ query: QUERY, variables }, token);
    return errors ? errors.map(({ extensions }) => extensions.code) : data.payoutAnalytics;
  };

  test('an admin gets all, or one creator’s; of one that does not exist nothing', async () => {
    const all = await ask(admin);
    expect(all).toMatchObject({ creator: null, interval: 'DAY', currency: 'usd' });
    expect(all.total).toMatchObject({
      createdCount: 2,
      completedCents: 1_500,
      successRate: 1,
      failureRate: 0,
    });
    expect(all.buckets.map((one: { figures: object }) => one.figures)).toContainEqual({
      createdCount: 2,
      completedCents: 1_500,
    });
    const id = globalId('Creator', creator.id);
    expect(await ask(admin, { id })).toMatchObject({
      creator: { id },
      total: { createdCount: 1, completedCents: 700 },
    });
    expect(await ask(admin, { id: globalId('Creator', cuid()) })).toBeNull();
  });

  test('it is for admins', async () => {
    expect(await ask(creator.token)).toEqual(['FORBIDDEN']);
    expect(await ask(creator.token, { id: globalId('Creator', creator.id) })).toEqual(['FORBIDDEN']);
    expect(await ask(null)).toEqual(['UNAUTHENTICATED']);
  });

  test.each([
    ['a time that ends before it begins', { from: tomorrow, to: yesterday }],
    ['a time that is too long', { from: '2000-01-01T00:00:00Z' }],
    ['a time that leaves the calendar', { from: '9999-12-31T00:00:00Z', to: '9999-12-31T01:00:00Z' }],
    ['another’s kind of id', { id: globalId('Payout', cuid()) }],
  ])('%s is the caller’s to mend', async (_, over) => {
    expect(await ask(admin, over)).toEqual(['BAD_USER_INPUT']);
  });
});
