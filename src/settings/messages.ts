// Settings of whom the service tells what: alerts to operators, e-mails to creators.
import { z } from 'zod';
import { settings } from './about.js';
import { locale, mailbox, positive, url } from './values.js';

export const MESSAGES = {
  SLACK_WEBHOOK_URL: url('https', 'http').optional().register(settings, {
    meaning: 'alerts are told there: an incoming webhook of Slack',
    secret: true,
  }),
  PAGERDUTY_ROUTING_KEY: z.string().trim().min(1).optional().register(settings, {
    meaning: 'alerts become incidents: the integration key of a PagerDuty service (Events API v2)',
    secret: true,
  }),
  PAGERDUTY_URL: url('https', 'http').prefault('https://events.pagerduty.com/v2/enqueue').register(settings, {
    meaning: 'where those events are sent to',
  }),
  ALERT_UPDATE_INTERVAL: positive.prefault('1h').register(settings, {
    meaning: 'how often, at most, a channel is told that an open alert has changed',
  }),
  SMTP_URL: url('smtp', 'smtps').optional().register(settings, {
    meaning:
      'the mail server: `smtp://user:password@host:587`, or `smtps://…` with TLS from the start. See [emails.md](emails.md)',
    otherwise: 'e-mails are captured, shown at `/dev/mail`',
    secret: true,
  }),
  MAIL_FROM: mailbox.prefault('Payouts <payouts@localhost>').register(settings, {
    meaning:
      'who e-mails come from, `Acme Royalties <payouts@acme.example>` or the address alone; the name is the brand that they show. Somebody should read that mailbox',
  }),
  MAIL_LOCALE: locale.prefault('en-US').register(settings, {
    meaning: 'how e-mails write amounts and dates where a creator has no `locale`',
  }),
};
