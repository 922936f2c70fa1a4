// Alerts as messages of a Slack channel, by an incoming webhook.
import type { Alert } from '../../generated/prisma/client.js';
import { type Channel, channelId, type Notice, type Step } from './channel.js';
import { post } from './post.js';
import { standingOf } from './severity.js';

export function createSlackChannel(webhookUrl: string): Channel {
  return {
    name: 'slack',
    id: channelId('slack', webhookUrl),
    tell: (notice) => post(webhookUrl, slackMessage(notice)),
  };
}

/** Slack's largest header and section, in characters. */
const LONGEST_HEADER = 150;
const LONGEST_SECTION = 3_000;

/** `text` is what a notification shows, and readers of screens read; `blocks` is the message. */
export function slackMessage({ step, alert }: Notice): { text: string; blocks: object[] } {
  const header = `${SIGNS[step]} ${TITLES[step]}${standingOf(alert.rule).title}`;
  const message = plain(alert.message).slice(0, LONGEST_SECTION);
  return {
    text: `${header}: ${message}`,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: header.slice(0, LONGEST_HEADER), emoji: true } },
      { type: 'section', text: { type: 'mrkdwn', text: message } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: contextOf(alert) }] },
    ],
  };
}

const SIGNS: Readonly<Record<Step, string>> = {
  raised: ':rotating_light:',
  changed: ':warning:',
  acknowledged: ':eyes:',
  resolved: ':white_check_mark:',
};

const TITLES: Readonly<Record<Step, string>> = {
  raised: '',
  changed: 'Still open: ',
  acknowledged: 'Somebody takes care: ',
  resolved: 'Resolved: ',
};

function contextOf({ rule, key, occurrences, openedAt, resolvedAt }: Alert): string {
  const seen = occurrences === 1 ? 'seen once' : `seen ${occurrences} times`;
  const parts = [`\`${rule}\``, plain(key), `since ${minute(openedAt)}`, seen];
  if (resolvedAt) parts.push(`over since ${minute(resolvedAt)}`);
  return parts.join(' · ');
}

const minute = (time: Date) => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** What Slack would take for a link or a mention. */
const plain = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
