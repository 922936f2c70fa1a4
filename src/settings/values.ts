// What a setting may look like: durations, lists, rates and addresses, each with the words for one that does not hold.
import { z } from 'zod';

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `10s`, `5m`, `1h`, `200ms` as milliseconds. */
export const duration = z.string().transform((text, context) => {
  const match = DURATION.exec(text.trim());
  if (match) return Number(match[1]) * MILLISECONDS[match[2] as keyof typeof MILLISECONDS];
  context.addIssue(`“${text}” is not a duration such as 200ms, 10s, 5m or 1h`);
  return z.NEVER;
});

/** An interval or a time limit: none of them may be nothing. */
export const positive = duration.refine((ms) => ms > 0, 'must be longer than nothing');

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** A setting with nothing between its commas says nothing. */
export const secrets = list.refine((parts) => parts.length > 0, 'has no secret in it');

export const durations = list.transform((parts, context) => {
  const parsed = parts.map((part) => duration.safeParse(part));
  if (parsed.length > 0 && parsed.every((p) => p.success)) return parsed.map((p) => p.data as number);
  context.addIssue('is not a list of durations such as 5m,10m,30m');
  return z.NEVER;
});

const SIZE = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB)$/i;
const BYTES = { b: 1, kb: 1_000, mb: 1_000_000, gb: 1_000_000_000 } as const;

/** `500kB`, `200MB`, `1GB` as bytes. */
export const size = z.string().transform((text, context) => {
  const [, count, unit = ''] = SIZE.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(count) * BYTES[unit.toLowerCase() as keyof typeof BYTES]);
  if (bytes > 0) return bytes;
  context.addIssue(`“${text}” is not a size such as 500kB, 200MB or 1GB`);
  return z.NEVER;
});

const RATE = /^(\d+)\/(s|m|h)$/;
const SECONDS = { s: 1, m: 60, h: 3_600 } as const;

/** So many in each second, minute or hour. */
export const rate = z.string().transform((text, context) => {
  const [, points, unit] = RATE.exec(text.trim()) ?? [];
  if (Number(points) > 0) return { points: Number(points), seconds: SECONDS[unit as keyof typeof SECONDS] };
  context.addIssue(`“${text}” is not a rate such as 10/s, 600/m or 1000/h`);
  return z.NEVER;
});

/** `name=value,name=value`, the values percent-encoded, as OpenTelemetry writes them. */
export const pairs = list.transform((parts, context) => {
  const found = parts.map((part) => /^([^=\s]+)\s*=(.*)$/.exec(part));
  if (found.every((match) => match !== null)) {
    return Object.fromEntries(found.map(([, name = '', value = '']) => [name, decoded(value.trim())]));
  }
  context.addIssue('is not a list of pairs such as name=value,name=value');
  return z.NEVER;
});

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** How many proxies stand in front of us; `true`: whatever stands there is believed. */
export const proxies = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^(true|false|none|\d{1,2})$/, 'is not true, none, or the number of proxies in front')
  .transform((text) => (text === 'true' ? Number.POSITIVE_INFINITY : Number(text) || 0));

const MAILBOX = /^(?:([^<>]*)<([^\s<>",@]+@[^\s<>",@]+)>|([^\s<>",@]+@[^\s<>",@]+))$/;
const DEFAULT_SENDER = 'Payouts';

/** `Acme Royalties <payouts@acme.example>`, or the address alone. */
export const mailbox = z.string().transform((text, context) => {
  const [, name = '', inBrackets, alone] = MAILBOX.exec(text.trim()) ?? [];
  const address = inBrackets ?? alone;
  if (address) return { name: name.trim().replace(/^"(.*)"$/, '$1') || DEFAULT_SENDER, address };
  context.addIssue(`“${text}” is not a sender such as Acme Royalties <payouts@acme.example>`);
  return z.NEVER;
});

export const locale = z.string().transform((text, context) => {
  try {
    return Intl.getCanonicalLocales(text.trim())[0] ?? z.NEVER;
  } catch {
    context.addIssue(`“${text}” is not a locale such as en-US or de`);
    return z.NEVER;
  }
});

export const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  z.coerce.number<string>().int().min(least).max(most);

export const url = (...protocols: string[]) =>
  z.url({ protocol: new RegExp(`^(${protocols.join('|')})$`), error: `is not a ${protocols[0]}:// address` });
