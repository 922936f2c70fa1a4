// payouts email-preview: the e-mails with sample words, for whoever works on their templates.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../config.js';
import { devMailRoutes } from '../http/dev-mail.js';
import { createHttpServer } from '../http/server.js';
import { createLogger } from '../observability/logger.js';
import { renderSamples } from '../wiring/email-samples.js';
import { toPort } from './port.js';

interface PreviewFlags {
  port: number;
  out?: string;
}

export function addEmailPreview(program: Command): void {
  program
    .command('email-preview')
    .description('Shows the e-mails to creators with sample words, in a browser or as files')
    .option('--port <port>', 'where they are shown', toPort, 4020)
    .option('--out <folder>', 'writes them there, as HTML and as text, rather than showing them')
    .action(({ port, out }: PreviewFlags) => (out === undefined ? serve(port) : write(out)));
}

async function write(folder: string): Promise<void> {
  const target = path.resolve(readConfig().callerDir, folder);
  await mkdir(target, { recursive: true });
  for (const [name, { html, text }] of await renderSamples()) {
    await writeFile(path.join(target, `${name}.html`), html);
    await writeFile(path.join(target, `${name}.txt`), text);
  }
  console.log(`E-mails written to ${target}`);
}

/** As `/dev/mail` shows what was captured; numbers stand for the names. */
async function serve(port: number): Promise<void> {
  const capturedAt = new Date();
  const mails = [...(await renderSamples())].map(([name, mail], i) => ({
    ...mail,
    id: String(i + 1),
    recipient: name,
    capturedAt,
  }));
  const routes = devMailRoutes({
    list: async () => mails,
    read: async (id) => mails.find((mail) => mail.id === id) ?? null,
  });
  const server = createHttpServer(routes, createLogger('warn'));
  const listening = await server.listen(port, '127.0.0.1');
  console.log(`E-mails  http://127.0.0.1:${listening}/dev/mail`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
}
