// The settings as Markdown, a table for each topic: docs/configuration.md holds what this says.
import type { z } from 'zod';
import { type About, defaultOf, settings } from '../src/settings/about.js';
import { TOPICS } from '../src/settings/schema.js';

/** Ends with a line break. */
export function settingsTable(): string {
  return TOPICS.map(({ title, shape }) => `## ${title}\n\n${tableOf(shape)}\n`).join('\n');
}

function tableOf(shape: Readonly<Record<string, z.ZodType>>): string {
  const rows = Object.entries(shape).flatMap(([name, schema]) => {
    const about = settings.get(schema);
    return about ? [rowOf(name, schema, about)] : [];
  });
  return ['| name | default | in production | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function rowOf(name: string, schema: z.ZodType, about: About): string {
  const preset = defaultOf(schema);
  const otherwise = preset === null ? (about.otherwise ?? 'none') : `\`${preset}\``;
  return `| \`${name}\` | ${otherwise} | ${inProduction(about)} | ${about.meaning} |`;
}

function inProduction({ required, secret }: About): string {
  const needed = typeof required === 'string' ? `required, ${required}` : required && 'required';
  return [needed, secret && 'secret'].filter(Boolean).join('; ');
}
