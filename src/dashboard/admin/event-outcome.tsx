// What became of an event of Stripe's, and the button that applies it once more where that can help.
import { useAct } from '../api/context.js';
import { OUTCOMES, spelled } from '../format/words.js';
import { ReplayEventDocument, type ReplayEventMutation, type WebhookRowFragment } from '../gql/graphql.js';
import { WordBadge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { say } from '../ui/toast.js';

export const outcomeWord = (outcome: string) =>
  OUTCOMES[outcome] ?? { label: spelled(outcome), tone: 'still' as const, means: '' };

const AGAIN: readonly string[] = ['quarantined', 'failed', 'ignored'];

export function EventOutcome({ row }: { row: WebhookRowFragment }) {
  const { act, busy } = useAct(ReplayEventDocument);
  async function replay() {
    const outcome = await act({ id: row.id });
    if (!outcome.ok) return say(outcome.problem.message, true);
    const now = outcomeIn(outcome.data);
    say(`It was tried once more: ${outcomeWord(now).label}`, now !== 'applied');
  }
  return (
    <span className="inline-flex flex-wrap items-center justify-end gap-2">
      <WordBadge word={outcomeWord(row.outcome)} />
      {AGAIN.includes(row.outcome) && (
        <Button small busy={busy} aria-label={`Apply again: ${row.type}`} onClick={() => void replay()}>
          Apply again
        </Button>
      )}
    </span>
  );
}

function outcomeIn({ replayWebhookEvent: replayed }: ReplayEventMutation): string {
  return replayed?.__typename === 'ReplayWebhookEventPayload' ? replayed.webhookEvent.outcome : 'failed';
}
