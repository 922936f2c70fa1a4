// Sends e-mails to a mail server, over a few connections that are kept open.
import type { Delivery, MailTransport, OutgoingMail } from './mail-transport.js';
import { deliveryOf } from './refusal.js';

export interface SmtpOptions {
  /** `smtp://user:password@host:port`, or `smtps://…`. */
  url: string;
  /** E-mails under way at once. */
  connections: number;
  /** Milliseconds that one e-mail may take, all in all. */
  timeoutMs: number;
}

/** Milliseconds that a server may be silent for. */
const SILENCE_MS = {
  dnsTimeout: 10_000,
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  socketTimeout: 30_000,
};

/** nodemailer is loaded, and the server is called, when the first e-mail is sent. */
export function createSmtp(options: SmtpOptions): MailTransport {
  let mailer: ReturnType<typeof open> | undefined;
  return {
    accepted: 'SENT',
    async deliver(mail) {
      mailer ??= open(options);
      return send(await mailer, mail, options.timeoutMs);
    },
    async close() {
      (await mailer)?.close();
    },
  };
}

async function open({ url, connections }: SmtpOptions) {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    url,
    pool: true,
    maxConnections: connections,
    // A connection that the server closed while nothing was sent over it is opened anew, and no more than that.
    maxRequeues: 2,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...SILENCE_MS,
  });
}

async function send(
  mailer: Awaited<ReturnType<typeof open>>,
  { id: _, ...mail }: OutgoingMail,
  timeoutMs: number,
): Promise<Delivery> {
  try {
    // Nobody's machine answers it, and no vacation note comes back.
    const headers = { 'Auto-Submitted': 'auto-generated' };
    await mailer.sendMail({ ...mail, headers, signal: AbortSignal.timeout(timeoutMs) });
    return { kind: 'accepted' };
  } catch (error) {
    return deliveryOf(error);
  }
}
