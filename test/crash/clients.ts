// Those who ask for payouts and insist: whoever gets no answer asks again, with the same key.
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { globalId } from '../graphql/ask.js';
import type { ServerProcess } from '../support/process.js';
import { addCreator, addStatement } from '../support/world.js';
import type { Site } from './site.js';

/** A payout that somebody wants, once. */
export interface Wish {
  creatorId: string;
  royaltyStatementId: string;
  amountCents: number;
  idempotencyKey: string;
}

/** Each of a creator of its own, and all that the creator has earned: a second payment would be too much. */
export async function makeWishes({ world }: Site, count = 3): Promise<Wish[]> {
  const wishes: Wish[] = [];
  for (let i = 0; i < count; i++) {
    const { id: creatorId } = await addCreator(world);
    const amountCents = 1_000 + i;
    const royaltyStatementId = await addStatement(world, creatorId, amountCents);
    wishes.push({ creatorId, royaltyStatementId, amountCents, idempotencyKey: randomUUID() });
  }
  return wishes;
}

const CREATE = `mutation ($input: CreatePayoutInput!) {
  createPayout(input: $input) {
    __typename
    ... on CreatePayoutPayload { payout { reference } }
    ... on Error { code message }
  }
}`;

/** @returns the payouts' ids @throws when the process does not answer */
export function createAll(site: Site, server: ServerProcess, wishes: readonly Wish[]): Promise<string[]> {
  return Promise.all(wishes.map((wish) => create(site, server, wish)));
}

export async function create(site: Site, server: ServerProcess, wish: Wish): Promise<string> {
  const creatorId = globalId('Creator', wish.creatorId);
  const royaltyStatementId = globalId('RoyaltyStatement', wish.royaltyStatementId);
  const input = { ...wish, creatorId, royaltyStatementId };
  const { createPayout } = await site.ask(server, { query: CREATE, variables: { input } });
  expect(createPayout).toMatchObject({ __typename: 'CreatePayoutPayload' });
  return createPayout.payout.reference;
}

const CREATE_MANY = `mutation ($input: CreatePayoutsInput!) {
  createPayouts(input: $input) {
    __typename
    ... on CreatePayoutsPayload { results { __typename } }
  }
}`;

/** All of them in one request. */
export async function createTogether(
  site: Site,
  server: ServerProcess,
  wishes: readonly Wish[],
): Promise<void> {
  const payouts = wishes.map((wish) => ({
    ...wish,
    creatorId: globalId('Creator', wish.creatorId),
    royaltyStatementId: globalId('RoyaltyStatement', wish.royaltyStatementId),
  }));
  const { createPayouts } = await site.ask(server, { query: CREATE_MANY, variables: { input: { payouts } } });
  expect(createPayouts.results).toEqual(wishes.map(() => ({ __typename: 'CreatePayoutPayload' })));
}

const RUN = `mutation ($input: CreatePayoutRunInput!) {
  createPayoutRun(input: $input) { __typename ... on CreatePayoutRunPayload { payoutCount totalCents } }
}`;

/** One run over the statements of all of them, which lie in August; all who ask for it use one key. */
export async function runAll(site: Site, server: ServerProcess, wishes: readonly Wish[]): Promise<void> {
  const total = wishes.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const period = { periodStart: '2026-08-01', periodEnd: '2026-08-31' };
  const input = { ...period, expectedTotalCents: total, idempotencyKey: `run ${wishes[0]?.idempotencyKey}` };
  const { createPayoutRun } = await site.ask(server, { query: RUN, variables: { input } });
  expect(createPayoutRun).toEqual({
    __typename: 'CreatePayoutRunPayload',
    payoutCount: wishes.length,
    totalCents: total,
  });
}

const RELEASE = `mutation ($input: ReleasePayoutInput!) { releasePayout(input: $input) { __typename } }`;

/** Whether or not it was released before. */
export async function release(site: Site, server: ServerProcess, payoutId: string): Promise<void> {
  const input = { payoutId: globalId('Payout', payoutId), reason: 'It was looked at.' };
  const { releasePayout } = await site.ask(server, { query: RELEASE, variables: { input } });
  expect(releasePayout).toEqual({ __typename: 'ReleasePayoutPayload' });
}

const RETRY = `mutation ($input: RetryPayoutInput!) {
  retryPayout(input: $input) { __typename ... on Error { code } }
}`;

/** An admin's retry; one that was done already is refused. */
export async function retry(site: Site, server: ServerProcess, payoutId: string): Promise<void> {
  const variables = { input: { payoutId: globalId('Payout', payoutId) } };
  const { retryPayout } = await site.ask(server, { query: RETRY, variables });
  if (retryPayout.__typename !== 'RetryPayoutPayload') {
    expect(retryPayout).toMatchObject({ code: 'INVALID_TRANSITION' });
  }
}

const RESUME = `mutation { resumeProcessing(input: { reason: "The key was mended." }) { __typename } }`;

/** An admin turns processing on again, whether or not the process got as far as to turn it off. */
export async function resume(site: Site, server: ServerProcess): Promise<void> {
  const { resumeProcessing } = await site.ask(server, { query: RESUME });
  expect(resumeProcessing).toEqual({ __typename: 'ResumeProcessingPayload' });
}
