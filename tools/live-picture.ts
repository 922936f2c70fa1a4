// Makes docs/images/live.svg: `npm run live-picture` beside `npm start`. It subscribes, creates a payout whose answer from
// Stripe is lost, and draws what came, when it came. A drawing that moves by CSS alone: code hosts show it as an image.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

const URL_OF_API = 'http://127.0.0.1:4000/graphql';
const TOKEN = process.env['TOKEN'] ?? '';
const SIMULATOR = process.env['SIMULATOR'] ?? '';
const WATCH = 'subscription { payoutStatusChanged { status payout { reference amountCents } cursor } }';
const CREATE =
  'mutation ($input: CreatePayoutInput!) { createPayout(input: $input) { ... on CreatePayoutPayload { payout { reference } } ... on Error { code } } }';

interface Frame {
  /** Milliseconds since the payout was asked for. */
  at: number;
  text: string;
  colour: string;
}

const COLOURS: Readonly<Record<string, string>> = {
  PENDING: '#9fb3c8',
  PROCESSING: '#7cb7ff',
  COMPLETED: '#5bd68a',
};

const ask = async (query: string, variables = {}) => {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ query, variables });
  const response = await fetch(URL_OF_API, { method: 'POST', headers, body });
  return ((await response.json()) as { data: Record<string, never> }).data;
};

async function control(what: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  await fetch(`${SIMULATOR}/_control/${what}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Everything up to the payout's completion. */
async function record(): Promise<Frame[]> {
  const { creators } = (await ask('{ creators(first: 4) { nodes { id transfersEnabled } } }')) as unknown as {
    creators: { nodes: { id: string; transfersEnabled: boolean }[] };
  };
  const creatorId = creators.nodes.find(({ transfersEnabled }) => transfersEnabled)?.id;
  const headers = {
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/json',
    accept: 'text/event-stream',
  };
  const stream = await fetch(URL_OF_API, { method: 'POST', headers, body: JSON.stringify({ query: WATCH }) });
  await control('webhooks', { mode: 'drop' });
  await control('faults', { fault: 'reset_after_commit', match: { path: '/v1/transfers' } });
  const began = Date.now();
  const input = { creatorId, amountCents: 2_500, idempotencyKey: `picture-${began}` };
  await ask(CREATE, { input });
  return framesOf(stream, began);
}

async function framesOf(stream: Response, began: number): Promise<Frame[]> {
  const frames: Frame[] = [];
  const decoder = new TextDecoder();
  let waiting = '';
  for await (const chunk of stream.body ?? []) {
    waiting += decoder.decode(chunk, { stream: true });
    for (const [, json = ''] of waiting.matchAll(/^data: (\{.+\})$/gm)) {
      const change = JSON.parse(json).data.payoutStatusChanged;
      frames.push({ at: Date.now() - began, text: lineOf(change), colour: COLOURS[change.status] ?? '#fff' });
      if (change.status === 'COMPLETED') return frames;
    }
    waiting = waiting.slice(waiting.lastIndexOf('\n') + 1);
  }
  throw new Error('the stream ended before the payout was completed');
}

const lineOf = ({
  status,
  payout,
  cursor,
}: {
  status: string;
  payout: Record<string, string>;
  cursor: string;
}) =>
  `${status.padEnd(11)} $${(Number(payout['amountCents']) / 100).toFixed(2)}  ${payout['reference']}  ${cursor.slice(0, 10)}…`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** What stands still: the command, then each change after the time that it took, a long wait drawn shorter and said. */
function drawing(frames: Frame[]): string {
  const lines: Frame[] = [];
  for (const [i, frame] of frames.entries()) {
    const waited = frame.at - (frames[i - 1]?.at ?? 0);
    if (waited > 3_000) lines.push({ at: 0, text: waitOf(waited), colour: '#f5c26b' });
    lines.push(frame);
  }
  const shown = [
    {
      text: '$ graphql -N -H "accept: text/event-stream" -d "subscription { payoutStatusChanged … }"',
      colour: '#e6edf3',
    },
    {
      text: '# in another terminal: createPayout, $25.00; and Stripe loses its answer and its webhook',
      colour: '#7d8b99',
    },
    ...lines,
    { text: '# one transfer. Nothing was sent twice, nobody had to look.', colour: '#7d8b99' },
  ];
  return svgOf(shown);
}

const waitOf = (ms: number) =>
  `            … ${Math.round(ms / 1_000)} s: the outcome is unknown. Not failed, not sent again: looked up`;

const LINE = 26;
const SECONDS = 12;

function svgOf(lines: { text: string; colour: string }[]): string {
  const height = 52 + lines.length * LINE;
  const rows = lines.map(({ text, colour }, i) => {
    const y = 62 + i * LINE;
    return `<text class="l l${i}" x="20" y="${y}" fill="${colour}" xml:space="preserve">${escaped(text)}</text>`;
  });
  // Each line comes in its turn, stays, and all begin anew; a reader who wants no motion sees all of them at once.
  const steps = lines.map((_, i) => {
    const from = ((i + 0.3) / (lines.length + 4)) * 100;
    return `@keyframes k${i}{0%,${from.toFixed(1)}%{opacity:0}${(from + 1.5).toFixed(1)}%,97%{opacity:1}100%{opacity:0}}.l${i}{animation:k${i} ${SECONDS}s infinite}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 ${height}" width="900" height="${height}" role="img">
<title>A subscription hears of a payout: pending, processing, a lost answer, completed</title>
<style>.l{font:15px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}${steps.join('')}@media (prefers-reduced-motion:reduce){text.l{animation:none;opacity:1}}</style>
<rect width="900" height="${height}" rx="10" fill="#0d1520"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
${rows.join('\n')}
</svg>
`;
}

const frames = await record();
await control('webhooks', { mode: 'deliver' });
await writeFile(path.join(import.meta.dirname, '../docs/images/live.svg'), drawing(frames));
for (const { at, text } of frames) process.stdout.write(`${at} ms  ${text}\n`);
