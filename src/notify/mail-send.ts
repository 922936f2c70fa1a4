// Tells creators what became of their payouts: reads the log, and sends what is due. Any number of workers may do so at
// once, and each may die at any moment: an e-mail that was sent and not written down is sent once more, under the same id.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { checkpoint } from '../observability/checkpoints.js';
import type { Logger } from '../observability/logger.js';
import type { Signals } from '../payouts/ports.js';
import { MAIL_BACKOFF, MOST_REFUSALS, waitAfter } from './backoff.js';
import { queueEmails } from './mail-events.js';
import { giveUp } from './mail-give-up.js';
import { type ClaimedEmail, claimEmails, recordDeferred, recordSent, releaseEmails } from './mail-outbox.js';
import { mailServerAnswered, mailServerFailed, mailServerState } from './mail-server.js';
import type { Delivery, MailAddress, MailTransport, OutgoingMail } from './mail-transport.js';
import { wordsOf } from './mail-words.js';

export interface MailDeps {
  pool: pg.Pool;
  transport: MailTransport;
  from: MailAddress;
  /** How amounts and dates are written where a creator has not said otherwise, BCP 47. */
  locale: string;
  signals: Pick<Signals, 'changed'>;
  log: Logger;
}

/** E-mails that a worker takes at once. */
const BATCH = 50;
/** E-mails that a worker has under way. */
export const MAILS_AT_ONCE = 10;
/** Milliseconds that sending one may take. */
export const SEND_MS = 45_000;
const LEASE_MS = 120_000;
/** Milliseconds before looking again for events whose turn has not come, and how often; then the next run does. */
const WAITING_MS = 50;
const MOST_LOOKS = 20;

/** Until nothing is left to do now, or `signal` says stop. @returns how many e-mails were taken up */
export async function sendEmails(deps: MailDeps, signal: AbortSignal): Promise<number> {
  let total = 0;
  for (let looks = 0; looks < MOST_LOOKS && !signal.aborted; looks++) {
    const waiting = await queueAll(deps.pool, signal);
    const due = await sendDue(deps, signal);
    total += due.sent;
    if (!waiting && !due.backSoon) break;
    await new Promise((resolve) => setTimeout(resolve, WAITING_MS));
  }
  return total;
}

/** @returns whether events wait for their turn */
async function queueAll(pool: pg.Pool, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    const { more, waiting } = await queueEmails(pool);
    if (!more || signal.aborted) return waiting;
  }
}

async function sendDue(deps: MailDeps, signal: AbortSignal): Promise<{ sent: number; backSoon: boolean }> {
  let sent = 0;
  while (!signal.aborted) {
    const { failures, waits, soon } = await mailServerState(deps.pool, WAITING_MS * MOST_LOOKS);
    if (waits) return { sent, backSoon: soon };
    const deadline = performance.now() + LEASE_MS - SEND_MS;
    const claimed = await claimEmails(deps.pool, failures > 0 ? 1 : BATCH, LEASE_MS);
    if (claimed.length === 0) break;
    checkpoint('mail.after_claim');
    sent += claimed.length;
    await new Batch(deps, claimed, failures, deadline, signal).send();
  }
  return { sent, backSoon: false };
}

/** What a worker has taken at once: so many lanes, each with one e-mail at a time. */
class Batch {
  readonly #deps: MailDeps;
  readonly #left: ClaimedEmail[];
  /** Of the server, when they were taken. */
  readonly #failures: number;
  readonly #deadline: number;
  readonly #signal: AbortSignal;
  #serverIsDown = false;

  constructor(
    deps: MailDeps,
    claimed: readonly ClaimedEmail[],
    failures: number,
    deadline: number,
    signal: AbortSignal,
  ) {
    this.#deps = deps;
    this.#left = [...claimed];
    this.#failures = failures;
    this.#deadline = deadline;
    this.#signal = signal;
  }

  async send(): Promise<void> {
    const lanes = Array.from({ length: MAILS_AT_ONCE }, () => this.#lane());
    // All of them end, also where one fails: nothing of this batch is under way afterwards.
    const ended = await Promise.allSettled(lanes);
    if (this.#left.length > 0) await releaseEmails(this.#deps.pool, this.#left);
    const failed = ended.find((lane) => lane.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async #lane(): Promise<void> {
    while (this.#goesOn()) {
      const email = this.#left.shift();
      if (!email) return;
      const messageId = messageIdOf(email, this.#deps.from);
      const delivery = await this.#deliver(email, messageId);
      await this.#record(email, messageId, delivery);
    }
  }

  async #deliver(email: ClaimedEmail, messageId: string): Promise<Delivery> {
    const { log, transport } = this.#deps;
    const content = await contentOf(this.#deps, email).catch((err: unknown) => {
      log.error({ err, emailId: email.id, payoutId: email.payoutId }, 'an e-mail could not be written');
    });
    // A fault of ours, which a newer version may not have.
    if (!content) return { kind: 'deferred', error: 'could not be written' };
    const delivery = await transport.deliver({ id: email.id, messageId, ...content });
    checkpoint('mail.after_send');
    return delivery;
  }

  #goesOn(): boolean {
    return !this.#serverIsDown && !this.#signal.aborted && performance.now() < this.#deadline;
  }

  async #record(email: ClaimedEmail, messageId: string, delivery: Delivery): Promise<void> {
    const { pool, transport, signals, log } = this.#deps;
    if (delivery.kind === 'accepted') {
      if (await recordSent(pool, email, transport.accepted, messageId)) signals.changed();
    } else {
      const { id: emailId, payoutId, attempt } = email;
      log.warn(
        { emailId, payoutId, attempt, error: delivery.error },
        `an e-mail was not sent: ${delivery.kind}`,
      );
    }
    if (delivery.kind === 'deferred') await this.#defer(email, delivery.error);
    if (delivery.kind === 'refused') await this.#giveUp(email, delivery.error);
    if (delivery.kind === 'unavailable') await this.#serverFailed(email, delivery.error);
    else if (this.#failures > 0 && (await mailServerAnswered(pool))) signals.changed();
  }

  async #defer(email: ClaimedEmail, error: string): Promise<void> {
    const refusals = email.refusals + 1;
    if (refusals >= MOST_REFUSALS) return this.#giveUp(email, error);
    const retryInMs = waitAfter(refusals, MAIL_BACKOFF);
    await recordDeferred(this.#deps.pool, email, { error, retryInMs, counts: true });
  }

  async #giveUp(email: ClaimedEmail, error: string): Promise<void> {
    await giveUp(this.#deps.pool, email, error);
    this.#deps.signals.changed();
  }

  /** One that broke a connection which had served others may be at fault itself, and is given up as those are. */
  async #serverFailed(email: ClaimedEmail, error: string): Promise<void> {
    this.#serverIsDown = true;
    const { pool, signals } = this.#deps;
    const waitMs = await mailServerFailed(pool, this.#failures, error);
    const counts = this.#failures === 0;
    if (counts && email.refusals + 1 >= MOST_REFUSALS) return this.#giveUp(email, error);
    // Behind those that have not been tried.
    await recordDeferred(pool, email, { error, retryInMs: waitMs, counts });
    signals.changed();
  }
}

/** React is loaded with the first e-mail. */
async function contentOf(
  deps: MailDeps,
  email: ClaimedEmail,
): Promise<Omit<OutgoingMail, 'id' | 'messageId'>> {
  const { renderEmail } = await import('../emails/render.js');
  const { from, locale } = deps;
  const rendered = await renderEmail(wordsOf(email, { brand: from.name, locale }));
  const to = { name: email.creatorName, address: email.address };
  return { from, to, ...rendered };
}

/** Of the event and the template: the same whenever, and by whomever, it is sent. */
function messageIdOf({ payoutId, version, template }: ClaimedEmail, { address }: MailAddress): string {
  const of = createHash('sha256').update(`${payoutId}:${version}:${template}`).digest('hex').slice(0, 32);
  return `<${of}@${address.split('@').at(-1)}>`;
}
