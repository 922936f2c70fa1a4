// Which page stands at which address. Each comes when it is first gone to.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Broken, Lost } from '../ui/lost.js';
import { Frame } from './frame.js';

const root = createRootRoute({ component: Frame });

const page = (path: string, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load as never, name as never),
  });

const routes = [
  page('/', () => import('./overview.js'), 'Overview'),
  page('/payouts', () => import('./payouts.js'), 'Payouts'),
  page('/payouts/$id', () => import('./payout.js'), 'PayoutDetails'),
  page('/statements', () => import('./statements.js'), 'Statements'),
  page('/runs', () => import('./runs.js'), 'Runs'),
  page('/runs/$id', () => import('./run.js'), 'RunDetails'),
  page('/creators', () => import('./creators.js'), 'Creators'),
  page('/creators/$id', () => import('./creator.js'), 'CreatorDetails'),
  page('/reconciliation', () => import('./reconciliation.js'), 'Reconciliation'),
  page('/events', () => import('./events.js'), 'Events'),
  page('/alerts', () => import('./alerts.js'), 'Alerts'),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/admin',
  scrollRestoration: true,
  defaultPreload: 'intent',
  defaultNotFoundComponent: Lost,
  defaultErrorComponent: Broken,
});
