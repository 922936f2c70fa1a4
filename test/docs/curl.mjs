// As much of curl as the docs use, for machines that have none: `-s`, `-N`, `-H`, `-d`, `--data-binary @FILE` and the address.
import { readFileSync } from 'node:fs';

const headers = {};
let url = '';
let body = null;

const args = process.argv.slice(2);
while (args.length > 0) {
  const arg = args.shift();
  if (arg === '-H') addHeader(args.shift());
  else if (arg === '-d') body = args.shift();
  else if (arg === '--data-binary') body = readFileSync(args.shift().replace(/^@/, ''));
  else if (/^-[sN]+$/.test(arg)) continue;
  else if (arg.startsWith('-')) throw new Error(`the docs’ curl does not know ${arg}`);
  else url = arg;
}

function addHeader(text) {
  const [, name, value] = /^([^:]+): ?(.*)$/.exec(text);
  headers[name] = value;
}

const response = await fetch(url, { method: body === null ? 'GET' : 'POST', headers, body });
for await (const chunk of response.body) process.stdout.write(chunk);
