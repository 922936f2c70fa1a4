// `npm run bench -- lists [--rows 1000000] [--seconds 2] [--rounds 5] [--postgraphile FOLDER]`: compares the product with
// what one would write by hand. It asserts that both answer the same, and nothing about time: it prints.
import { parseArgs } from 'node:util';
import { runLists } from './run-lists.js';

const USAGE =
  'npm run bench -- lists [--rows 10000] [--seconds 2] [--rounds 5] [--postgraphile FOLDER]\n' +
  'FOLDER is where PostGraphile is installed: npm install --prefix FOLDER postgraphile@5.1.5 pg';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rows: { type: 'string', default: '10000' },
    /** Of each turn; a round is a turn of each server. */
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    postgraphile: { type: 'string' },
  },
});

const [rows, seconds, rounds] = [values.rows, values.seconds, values.rounds].map(Number) as [
  number,
  number,
  number,
];
if (positionals.join() !== 'lists' || ![rows, seconds, rounds].every((n) => Number.isInteger(n) && n > 0)) {
  console.error(`Usage: ${USAGE}`);
  process.exit(2);
}
await runLists({ rows, seconds, rounds, peerFolder: values.postgraphile });
