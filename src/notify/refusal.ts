// What an error of the mail server's means. Its words quote addresses, so nothing of them is kept but the codes.
import type { Delivery } from './mail-transport.js';

/** As nodemailer throws it. */
interface SmtpError {
  code?: unknown;
  /** What the system said: `ECONNREFUSED`. */
  originalCode?: unknown;
  responseCode?: unknown;
  response?: unknown;
  /** What the server answered to: `RCPT TO`, `DATA`; `API`: nodemailer itself refused. */
  command?: unknown;
  /** An answer that the same e-mail would get again. */
  permanent?: unknown;
}

/** Closes the connection, whatever was asked. */
const SERVICE_CLOSING = 421;

export function deliveryOf(thrown: unknown): Delivery {
  const error = (thrown ?? {}) as SmtpError;
  const told = codesOf(error);
  if (!concernsTheMail(error)) return { kind: 'unavailable', error: told };
  const deferred = typeof error.responseCode === 'number' && error.permanent !== true;
  return { kind: deferred ? 'deferred' : 'refused', error: told };
}

/** What the server says of the recipient or of the message; whatever else it says, it would say to every e-mail. */
function concernsTheMail({ code, command, responseCode }: SmtpError): boolean {
  if (responseCode === SERVICE_CLOSING) return false;
  return (code === 'EENVELOPE' || code === 'EMESSAGE') && command !== 'MAIL FROM';
}

/** `550 5.1.1 on RCPT TO`, `ECONNREFUSED`. */
function codesOf({ code, originalCode, responseCode, response, command }: SmtpError): string {
  if (typeof responseCode !== 'number') return plain(originalCode) ?? plain(code) ?? 'unknown error';
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(String(response))?.[1];
  const on = plain(command) === 'API' ? undefined : plain(command);
  return [responseCode, enhanced, on && `on ${on}`].filter(Boolean).join(' ');
}

/** Words of nodemailer's own. */
const plain = (word: unknown) =>
  typeof word === 'string' && /^[A-Z0-9_ ]{1,40}$/.test(word) ? word : undefined;
