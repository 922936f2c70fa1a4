// What carries e-mails away, whatever it is: a mail server, or the page of a developer.

export interface MailAddress {
  name: string;
  address: string;
}

export interface OutgoingMail {
  /** Of its row in `emails`. */
  id: string;
  /** The same whenever it is sent: a mail program shows one that came twice once. */
  messageId: string;
  from: MailAddress;
  to: MailAddress;
  subject: string;
  html: string;
  text: string;
}

/** What became of an e-mail. `error` holds codes and no address: it goes into the database, the log and alerts. */
export type Delivery =
  | { kind: 'accepted' }
  /** The server answers, and puts this one off. */
  | { kind: 'deferred'; error: string }
  /** The server refuses this one for good. */
  | { kind: 'refused'; error: string }
  /** The server cannot be used at all: no other e-mail would fare better. */
  | { kind: 'unavailable'; error: string };

export interface MailTransport {
  /** What an accepted e-mail is from then on. */
  readonly accepted: 'SENT' | 'CAPTURED';
  /** Whatever happens becomes an answer; it does not throw. */
  deliver(mail: OutgoingMail): Promise<Delivery>;
  /** What is under way is finished. */
  close(): Promise<void>;
}
