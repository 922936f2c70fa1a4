// GraphiQL: a first subscription runs as it is, and the page needs nothing but this server.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningApp, runApp } from '../support/running-app.js';
import { addCreator } from '../support/world.js';
import { createPayout } from './ask.js';
import { readEvents } from './server-events.js';

let app: RunningApp;
let html: string;

beforeAll(async () => {
  app = await runApp();
  const signIn = await fetch(`${app.url}/dev/sign-in/admin`, { redirect: 'manual' });
  const cookie = (signIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const page = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html', cookie } });
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  html = await page.text();
});
afterAll(() => app.close());

test('it opens with a subscription in a tab, and with a way to run it', async () => {
  const options = JSON.parse(/#root'\),\s*(\{.*\}),\n/.exec(html)?.[1] ?? 'null');
  expect(options.subscriptionsProtocol).toBe('SSE');
  const tabs: { query: string }[] = options.defaultTabs;
  const watch = tabs.find(({ query }) => /^subscription /m.test(query));
  const headers = {
    ...options.additionalHeaders,
    accept: 'text/event-stream',
    'content-type': 'application/json',
  };
  const body = JSON.stringify({ query: watch?.query });
  const stream = await fetch(`${app.url}/graphql`, { method: 'POST', headers, body });
  const { id: creatorId } = await addCreator(app.world);
  await createPayout(app, { creatorId });
  const [event] = await readEvents(stream, 1);
  expect(JSON.parse(event?.data ?? '')).toMatchObject({
    data: { payoutStatusChanged: { status: 'PENDING' } },
  });
});

test.each([
  ['tag', /<[a-z]+\b[^>]*?\s(?:src|href|data|action|srcset)\s*=\s*["']?(?:https?:)?\/\/[^>]{0,80}/i],
  ['style', /(?:@import\s*|url\(\s*)["']?(?:https?:)?\/\/[^)]{0,80}/i],
  [
    'script',
    /\b(?:import|importScripts|fetch|Worker|EventSource|WebSocket|URL)\s*\(\s*["'`](?:https?:|wss?:)?\/\/.{0,80}/,
  ],
  [
    'address of a delivery network',
    /\b(?:unpkg\.com|jsdelivr\.net|cdnjs\.|esm\.(?:sh|run)|skypack\.dev|jspm\.io|googleapis\.com|gstatic\.com).{0,80}/,
  ],
])('no %s asks anything of another host', (_, pattern) => {
  // All of the editor is in the page: megabytes, which no matcher should print.
  expect(html.length).toBeGreaterThan(1_000_000);
  expect(pattern.exec(html)?.[0]).toBeUndefined();
});
