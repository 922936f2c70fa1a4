// The dashboards as they were built: their pages and assets, and the documents that they ask with.
import path from 'node:path';
import { dashboardRoutes } from '../http/dashboards.js';
import type { Route } from '../http/server.js';
import type { Parts } from './parts.js';

const BUILT = path.join(import.meta.dirname, '../../dist/dashboard');

export const DASHBOARD_DOCUMENTS = path.join(BUILT, 'persisted-documents.json');

export const dashboardsOf = ({ config }: Parts): Route[] =>
  dashboardRoutes({ folder: BUILT, loginUrl: config.dashboardLoginUrl ?? null });
