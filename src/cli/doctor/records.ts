// What the books tell of settings: of other processes, and of channels that have refused.
import type pg from 'pg';
import { plural } from '../../statements/terminal.js';
import { type Finding, warning } from './finding.js';

/** Of the last hour: each payout carries the limit of whoever created it. @param limit ours, in cents; null: none */
export async function checkApprovals(client: pg.Client, limit: number | null): Promise<Finding[]> {
  const { rows } = await client.query<{ other: number | null; count: string }>(
    `SELECT approval_above_cents AS other, count(*) FROM (
       SELECT approval_above_cents FROM payouts WHERE created_at > now() - interval '1 hour'
       ORDER BY created_at DESC LIMIT 1000) AS newest
     WHERE approval_above_cents IS DISTINCT FROM $1 GROUP BY 1 ORDER BY 1`,
    [limit],
  );
  return rows.map(({ other, count }) =>
    warning(
      'approval',
      `${plural(Number(count), 'payout')} of the last hour came from a process whose PAYOUT_APPROVAL_ABOVE_CENTS is ` +
        `${other ?? 'not set'}; here it is ${limit ?? 'not set'}.`,
      'Set it alike for every process that creates payouts, and for the commands.',
    ),
  );
}

/** Of a week: it is not told again, and what is mended is another channel. */
export async function checkRefusals(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ channel: string; count: string; error: string | null }>(
    `SELECT channel, count(*), (array_agg(error ORDER BY created_at DESC))[1] AS error FROM alert_deliveries
     WHERE state = 'refused' AND created_at > now() - interval '7 days' GROUP BY channel ORDER BY channel`,
  );
  return rows.map(({ channel, count, error }) => {
    const message = `${plural(Number(count), 'notice')} of the last week refused for good by ${channel}: ${error ?? 'no reason was given'}.`;
    return warning('alert-channels', message, 'Mend the address of the channel: it then counts as new.');
  });
}
