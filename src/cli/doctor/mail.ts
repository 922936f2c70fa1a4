// The mail server: whether it takes us, and whether it lets us speak with it in secret.
import { createTransport } from 'nodemailer';
import { isLocal } from './address.js';
import { type Finding, failed, ok, PATIENCE_MS, reasonOf, warning } from './finding.js';

/** @param patienceMs milliseconds that the server may be silent for */
export async function checkMail(
  url: string | undefined,
  production: boolean,
  patienceMs = PATIENCE_MS,
): Promise<Finding[]> {
  if (!url) {
    return production ? [warning('mail', 'SMTP_URL is not set: creators are sent nothing.')] : [];
  }
  const refused = await greet({ url }, patienceMs);
  if (refused !== null) {
    return [failed('mail', `The mail server does not take us: ${refused}.`, 'Look at SMTP_URL.')];
  }
  const near = !production || isLocal(url);
  return [ok('mail', 'The mail server takes us.'), ...(near ? [] : await checkSecrecy(url, patienceMs))];
}

/** With `smtp` e-mails are encrypted where the server offers it, and else go as they are. */
export async function checkSecrecy(url: string, patienceMs = PATIENCE_MS): Promise<Finding[]> {
  if ((await greet({ url, requireTLS: true }, patienceMs)) === null) return [];
  const message = 'SMTP_URL is not encrypted: the mail server offers no STARTTLS that holds.';
  const fix = 'Let it offer STARTTLS, or use smtps://; only a private network may carry it as it is.';
  return [warning('plain-connection', message, fix)];
}

/** Null: it takes us, with our password; else why not. */
async function greet(how: { url: string; requireTLS?: true }, patienceMs: number): Promise<string | null> {
  const transport = createTransport({
    ...how,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
  });
  try {
    await transport.verify();
    return null;
  } catch (error) {
    return reasonOf(error);
  } finally {
    transport.close();
  }
}
