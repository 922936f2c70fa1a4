// The frame of all admin pages: who is let in, where the live subscription begins, and the switch that nobody may miss.
import { Outlet } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useApi, useLoad } from '../api/context.js';
import { AdminStartDocument, type AdminStartQuery, AdminStatusDocument } from '../gql/graphql.js';
import { Notice } from '../session/gate.js';
import { buttonClass } from '../ui/button.js';
import { type Place, Shell } from '../ui/shell.js';
import { Starting } from '../ui/starting.js';
import { Failed } from '../ui/states.js';
import { Keys, KeysButton } from './keys.js';
import { PausedBanner, SwitchButton } from './switch.js';

const PLACES: Place[] = [
  { to: '/', label: 'Overview', icon: 'overview' },
  { to: '/payouts', label: 'Payouts', icon: 'payouts' },
  { to: '/statements', label: 'Statements', icon: 'statement' },
  { to: '/runs', label: 'Runs', icon: 'runs' },
  { to: '/creators', label: 'Creators', icon: 'creators' },
  { to: '/reconciliation', label: 'Reconciliation', icon: 'reconciliation' },
  { to: '/events', label: 'Stripe events', icon: 'events' },
  { to: '/alerts', label: 'Alerts', icon: 'alerts' },
];

/** Reads who is there first: the page stands on it, and the subscription begins where it ends. */
export function Frame() {
  const [{ data, problem, reload }] = [useStart()];
  if (data?.viewer.role === 'CREATOR') return <OnlyAdmins />;
  if (data) return <Inside start={data} />;
  return problem ? <Failed problem={problem} retry={reload} /> : <Starting />;
}

function useStart() {
  const { data, problem, reload } = useLoad(AdminStartDocument, {});
  // The first answer begins the subscription; later ones are other queries' business.
  const [start, setStart] = useState<AdminStartQuery>();
  if (data && !start) setStart(data);
  return { data: start, problem, reload };
}

/** After so many milliseconds everybody sees that somebody has turned the switch. */
const SWITCH_MS = 10_000;

function Inside({ start }: { start: AdminStartQuery }) {
  const { live } = useApi();
  useEffect(() => live.begin(start.payouts?.nodes[0]?.history ?? [], true), [live, start]);
  const { data } = useLoad(AdminStatusDocument, {}, { onAlerts: true, every: SWITCH_MS });
  const processing = data?.processing ?? start.processing;
  const open = data?.alerts?.totalCount ?? start.alerts?.totalCount ?? 0;
  const places = PLACES.map((place) => (place.to === '/alerts' ? { ...place, count: open } : place));
  return (
    <Shell
      places={places}
      whose="Admin"
      banner={processing?.paused && <PausedBanner processing={processing} />}
      foot={processing && <SwitchButton paused={processing.paused} />}
      tools={<KeysButton />}
    >
      <Keys />
      <Outlet />
    </Shell>
  );
}

const OnlyAdmins = () => (
  <Notice
    title="This page is for admins"
    text="You are signed in as a creator. Your own payouts are on a page of their own."
  >
    <a href={`/creator`} className={buttonClass('main')}>
      Go to my payouts
    </a>
  </Notice>
);
