// The switch over the wire: an admin stops all sending and lets it go on, each with a reason, and sees who did.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endLeases } from '../payouts/support.js';
import { type RunningApp, runApp } from '../support/running-app.js';
import { asAdmin, createPayout, onBothTransports, reaches, signedInCreator } from './ask.js';

let app: RunningApp;
beforeAll(async () => {
  app = await runApp();
});
afterAll(() => app.close());

const PROCESSING = '{ processing { paused reason changedBy changedAt } }';
const turn = (name: 'pause' | 'resume') => `mutation ($reason: String!) {
  ${name}Processing(input: { reason: $reason }) {
    __typename
    ... on ${name === 'pause' ? 'Pause' : 'Resume'}ProcessingPayload { processing { paused reason changedBy changedAt } }
    ... on InvalidInputError { code path message } } }`;

const processing = async () => (await asAdmin(app, PROCESSING)).processing;
const pause = async (reason: string) => (await asAdmin(app, turn('pause'), { reason })).pauseProcessing;
const resume = async (reason: string) => (await asAdmin(app, turn('resume'), { reason })).resumeProcessing;

test('nobody has touched it at first', async () => {
  expect(await processing()).toMatchObject({ paused: false, reason: null, changedBy: null });
});

test('what is created while it is off waits until it is on again', async () => {
  const off = { paused: true, reason: 'Bank holiday', changedBy: 'admin@platform' };
  const paused = await pause('  Bank holiday ');
  expect(paused).toMatchObject({ __typename: 'PauseProcessingPayload', processing: off });
  expect(await processing()).toEqual(paused.processing);
  const { id } = await signedInCreator(app);
  const { payout } = await createPayout(app, { creatorId: id });
  const status = `query ($id: ID!) { payout(id: $id) { status attempts { number } } }`;
  const resumed = await resume('It is over');
  expect(resumed).toMatchObject({
    __typename: 'ResumeProcessingPayload',
    processing: { paused: false, reason: 'It is over', changedBy: 'admin@platform' },
  });
  await reaches(app, payout.reference, 'COMPLETED');
  expect((await asAdmin(app, status, { id: payout.id })).payout.attempts).toHaveLength(1);
  const { rows } = await app.world.db.pool.query(
    `SELECT s.started_at >= c.changed_at AS after FROM payout_attempts s, processing_switch c`,
  );
  expect(rows).toEqual([{ after: true }]);
});

test('Stripe turns it off by refusing our key, and whoever turns it on resolves the alert', async () => {
  const { id } = await signedInCreator(app);
  await app.world.simulator.fault({ fault: 'unauthorized_401', match: { path: '/v1/transfers' } });
  const { payout } = await createPayout(app, { creatorId: id });
  await expect.poll(async () => (await processing()).paused, { timeout: 5_000 }).toBe(true);
  expect(await processing()).toMatchObject({ changedBy: 'system', reason: expect.stringMatching(/Stripe/) });
  const open = '{ alerts(filter: { open: true }) { nodes { rule acknowledgedAt } } }';
  expect((await asAdmin(app, open)).alerts.nodes).toEqual([
    { rule: 'stripe_configuration', acknowledgedAt: null },
  ]);
  await resume('The key is right again');
  expect((await asAdmin(app, open)).alerts.nodes).toEqual([]);
  // The sweep may have looked at it while it was not to be sent, and would come back when its lease ends.
  await endLeases(app.world);
  await reaches(app, payout.reference, 'COMPLETED');
});

describe.each(['pause', 'resume'] as const)('%sProcessing', (name) => {
  const field = `${name}Processing`;

  test.each(['', ' \n\t', 'a\0b', 'a\ud800b'])('the reason %j is INVALID_INPUT', async (reason) => {
    const before = await processing();
    const data = await asAdmin(app, turn(name), { reason });
    expect(data[field]).toEqual({
      __typename: 'InvalidInputError',
      code: 'INVALID_INPUT',
      path: ['reason'],
      message: expect.stringMatching(/^reason: /),
    });
    expect(await processing()).toEqual(before);
  });

  test('a creator is refused, and nothing is turned, over both transports', async () => {
    const before = await processing();
    const { token } = await signedInCreator(app);
    const operation = { query: turn(name), variables: { reason: 'Because' } };
    for (const answer of await onBothTransports(app, operation, token)) {
      expect(answer).toMatchObject({
        data: { [field]: null },
        errors: [{ extensions: { code: 'FORBIDDEN' } }],
      });
    }
    expect(await processing()).toEqual(before);
  });
});

test('the audit has every turn, with its reason', async () => {
  const query = `{ auditEvents(filter: { action: "processing_paused" }) { nodes { chain actor reason before after } } }`;
  const { auditEvents } = await asAdmin(app, query);
  const turned = { chain: 'processing', before: { paused: false } };
  const holiday = { paused: true, reason: 'Bank holiday', changedBy: 'admin@platform' };
  expect(auditEvents.nodes).toMatchObject([
    { ...turned, actor: 'system', reason: expect.stringMatching(/configuration/), after: { paused: true } },
    { ...turned, actor: 'admin@platform', reason: 'Bank holiday', after: holiday },
  ]);
});
