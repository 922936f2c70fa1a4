// The frame of a creator's pages: whose they are, and where the live subscription begins.
import { Outlet } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useApi, useLoad } from '../api/context.js';
import { CreatorStartDocument, type CreatorStartQuery } from '../gql/graphql.js';
import { Notice } from '../session/gate.js';
import { buttonClass } from '../ui/button.js';
import { type Place, Shell } from '../ui/shell.js';
import { Starting } from '../ui/starting.js';
import { Failed } from '../ui/states.js';

const PLACES: Place[] = [
  { to: '/', label: 'My payouts', icon: 'home' },
  { to: '/payouts', label: 'History', icon: 'payouts' },
  { to: '/statement', label: 'Year’s statement', icon: 'statement' },
];

export function Frame() {
  const { data, problem, reload } = useLoad(CreatorStartDocument, {});
  // The first answer begins the subscription; later ones are other queries' business.
  const [start, setStart] = useState<CreatorStartQuery>();
  if (data && !start) setStart(data);
  if (start?.viewer.role === 'ADMIN') return <OnlyCreators />;
  if (start) return <Inside start={start} />;
  return problem ? <Failed problem={problem} retry={reload} /> : <Starting />;
}

function Inside({ start }: { start: CreatorStartQuery }) {
  const { live } = useApi();
  useEffect(() => live.begin(start.myPayouts?.nodes[0]?.history ?? [], false), [live, start]);
  return (
    <Shell places={PLACES} whose={start.viewer.creator?.displayName ?? ''}>
      <Outlet />
    </Shell>
  );
}

const OnlyCreators = () => (
  <Notice
    title="This page is for creators"
    text="You are signed in as an admin. All payouts are on a page of their own."
  >
    <a href="/admin" className={buttonClass('main')}>
      Go to all payouts
    </a>
  </Notice>
);
