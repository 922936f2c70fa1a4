// A real mail server of the test's own: it keeps what it accepts, and refuses what it is told to.
import { type AddressInfo, createServer } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { watch } from '../support/canary.js';

export interface ReceivedMail {
  to: string;
  messageId: string;
  subject: string;
  text: string;
  html: string;
  parsed: ParsedMail;
  /** Every byte of it. */
  raw: string;
}

export interface MailServer {
  url: string;
  /** In the order in which they were accepted. */
  mails: ReceivedMail[];
  /** Connections that were ever opened. */
  connections: number;
  /** Which step refuses, by the recipient's address; nothing: it is accepted. */
  refuse: (step: 'mail' | 'rcpt' | 'data', address: string) => Refusal | undefined;
  /** Gone: nobody answers at its port. */
  stop(): Promise<void>;
  /** Back, at the same port. */
  start(): Promise<void>;
}

/** What a server says: a code, and words that quote the address as servers do. */
export interface Refusal {
  code: number;
  text: string;
}

export async function startMailServer(): Promise<MailServer> {
  const port = await freePort();
  let server: SMTPServer | undefined;
  const mailServer: MailServer = {
    url: `smtp://127.0.0.1:${port}`,
    mails: [],
    connections: 0,
    refuse: () => undefined,
    async start() {
      server = new SMTPServer(optionsOf(mailServer));
      server.on('error', () => undefined);
      await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
    },
    async stop() {
      const stopping = server;
      if (stopping) await new Promise<void>((resolve) => stopping.close(() => resolve()));
    },
  };
  await mailServer.start();
  return mailServer;
}

function optionsOf(own: MailServer): SMTPServerOptions {
  const errorOf = (step: 'mail' | 'rcpt' | 'data', address: string) => {
    const refusal = own.refuse(step, address);
    return refusal && Object.assign(new Error(refusal.text), { responseCode: refusal.code });
  };
  return {
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    onConnect(_session, done) {
      own.connections++;
      done();
    },
    onMailFrom: ({ address }, _session, done) => done(errorOf('mail', address)),
    onRcptTo: ({ address }, _session, done) => done(errorOf('rcpt', address)),
    onData(stream, { envelope }, done) {
      const to = envelope.rcptTo[0]?.address ?? '';
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const error = errorOf('data', to);
        if (error) return done(error);
        const raw = Buffer.concat(chunks).toString();
        void simpleParser(raw).then((parsed) => {
          own.mails.push(received(to, parsed, raw));
          done();
        });
      });
    },
  };
}

function received(to: string, parsed: ParsedMail, raw: string): ReceivedMail {
  const { messageId = '', subject = '', text = '', html } = parsed;
  watch('mailed', [subject, text, html].join('\n'));
  return { to, messageId, subject, text, html: html || '', parsed, raw };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
