// Alerts, each with what it is about and the button that says that somebody takes care.
import { Link } from '@tanstack/react-router';
import { useAct } from '../api/context.js';
import { actor, RULES, spelled } from '../format/words.js';
import { AcknowledgeAlertDocument, type AlertRowFragment } from '../gql/graphql.js';
import { Badge } from '../ui/badge.js';
import { Button } from '../ui/button.js';
import { say } from '../ui/toast.js';
import { When } from '../ui/values.js';

export const AlertList = ({ alerts }: { alerts: readonly AlertRowFragment[] }) => (
  <ul className="divide-y divide-line">
    {alerts.map((alert) => (
      <li key={alert.id} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 px-5 py-4">
        <AlertText alert={alert} />
        {!alert.resolvedAt && <TakeCare alert={alert} />}
      </li>
    ))}
  </ul>
);

function AlertText({ alert }: { alert: AlertRowFragment }) {
  return (
    <div className="min-w-0 flex-1 basis-72">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{RULES[alert.rule] ?? spelled(alert.rule)}</span>
        {alert.resolvedAt ? (
          <Badge tone="good">Over</Badge>
        ) : (
          <Badge tone={alert.acknowledgedAt ? 'warn' : 'bad'}>
            {alert.acknowledgedAt ? 'Somebody is on it' : 'Open'}
          </Badge>
        )}
      </p>
      <p className="mt-0.5">{alert.message}</p>
      <p className="mt-1 text-sm text-muted">
        <When at={alert.openedAt} />
        {alert.occurrences > 1 && ` · seen ${alert.occurrences} times`}
        {alert.acknowledgedBy && ` · ${actor(alert.acknowledgedBy)} looks after it`}
        {alert.payout && (
          <>
            {' · '}
            <Link
              to="/payouts/$id"
              params={{ id: alert.payout.id } as never}
              className="font-medium text-accent underline"
            >
              See the payout
            </Link>
          </>
        )}
      </p>
    </div>
  );
}

function TakeCare({ alert }: { alert: AlertRowFragment }) {
  const { act, busy } = useAct(AcknowledgeAlertDocument);
  if (alert.acknowledgedAt) return null;
  async function take() {
    const outcome = await act({ id: alert.id });
    say(outcome.ok ? 'It is yours to look after' : outcome.problem.message, !outcome.ok);
  }
  return (
    <Button small busy={busy} onClick={() => void take()}>
      I’ll look after it
    </Button>
  );
}
