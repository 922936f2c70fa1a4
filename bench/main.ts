// `npm run bench -- lists [--rows 1000000] [--seconds 2] [--rounds 5] [--postgraphile FOLDER]`: compares the product with
// what one would write by hand. It asserts that both answer the same, and nothing about time: it prints.
import { parseArgs } from 'node:util';
import { runExport } from './run-export.js';
import { runImport } from './run-import.js';
import { runLists } from './run-lists.js';
import { runLive } from './run-live.js';
import { runMetrics } from './run-metrics.js';

const USAGE =
  'Usage: npm run bench -- lists [--rows 10000] [--seconds 2] [--rounds 5] [--postgraphile FOLDER]\n' +
  'npm run bench -- live [--subscribers 100,1000,5000] [--rounds 5]\n' +
  'npm run bench -- metrics [--rows 10000] [--seconds 2] [--rounds 5]\n' +
  'npm run bench -- export [--rows 1000000]\n' +
  'npm run bench -- import [--rows 1000000]\n' +
  'FOLDER is where PostGraphile is installed: npm install --prefix FOLDER postgraphile@5.1.5 pg';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '10000' },
    /** Of each turn; a round is a turn of each server. */
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    postgraphile: { type: 'string' },
    subscribers: { type: 'string', default: '100,1000,5000' },
  },
});

const whole = (text: string): number => (/^[1-9]\d*$/.test(text) ? Number(text) : refuse());
const [rows, seconds, rounds] = [values.rows, values.seconds, values.rounds].map(whole) as [
  number,
  number,
  number,
];

function refuse(): never {
  console.error(USAGE);
  process.exit(2);
}

const BENCHES: Record<string, () => Promise<void>> = {
  lists: () => runLists({ rows, seconds, rounds, peerFolder: values.postgraphile }),
  metrics: () => runMetrics({ rows, seconds, rounds }),
  export: () => runExport({ rows }),
  import: () => runImport({ rows }),
  live: () => runLive({ subscribers: values.subscribers.split(',').map(whole), seconds, rounds }),
};

const bench = BENCHES[positionals.join(' ')] ?? refuse();
await bench();
