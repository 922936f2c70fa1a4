// What a change of a payout counts in, said once: for the fold, which counts it for good, and for whoever reads what is not
// folded yet.
import { COMPLETION_BOUNDS } from '../../observability/figures.js';

/** The metrics of `metric_counts`. */
export const COUNTED = {
  transitions: 'payout_transitions',
  completions: 'payout_completions',
  webhookEvents: 'webhook_events',
} as const;

/** For a status that is none: a new payout comes from nowhere. */
export const FROM_NONE = 'none';

const BOUNDS = `ARRAY[${COMPLETION_BOUNDS.join(', ')}]::float8[]`;

/** Milliseconds from the payout's creation. */
const TOOK = `EXTRACT(epoch FROM occurred_at - (snapshot->>'createdAt')::timestamp) * 1000`;

/**
 * A query: the counts of the payout events for which `condition` holds, as rows of `metric_counts`. What an admin decides
 * about a payout that stays where it stands is no change of status.
 */
export function countsOf(condition: string): string {
  return `
SELECT metric, first_label, second_label, sum(events)::bigint AS count, COALESCE(sum(counted.took), 0)::bigint AS total_ms
FROM (
  SELECT from_status, to_status, CASE WHEN to_status = 'COMPLETED' THEN ${TOOK} END AS ms FROM payout_events
  WHERE ${condition} AND from_status IS DISTINCT FROM to_status
) e CROSS JOIN LATERAL (
  SELECT '${COUNTED.transitions}' AS metric, COALESCE(from_status::text, '${FROM_NONE}') AS first_label,
    to_status::text AS second_label, 1 AS events, 0::numeric AS took
  UNION ALL
  SELECT '${COUNTED.completions}', COALESCE((SELECT min(b) FROM unnest(${BOUNDS}) b WHERE e.ms <= b * 1000)::text,
    'Infinity'), '', 1, e.ms WHERE e.to_status = 'COMPLETED'
) counted
GROUP BY metric, first_label, second_label`;
}
