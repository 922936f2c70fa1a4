// Which page of a creator stands at which address. Each comes when it is first gone to.
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
  page('/', () => import('./home.js'), 'Home'),
  page('/payouts', () => import('./history.js'), 'History'),
  page('/payouts/$id', () => import('./payout.js'), 'PayoutDetails'),
  page('/statement', () => import('./statement.js'), 'Statement'),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/creator',
  scrollRestoration: true,
  defaultPreload: 'intent',
  defaultNotFoundComponent: Lost,
  defaultErrorComponent: Broken,
});
