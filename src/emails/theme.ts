// The look that all e-mails share: colours by day and by night, and the rules that only a style sheet can say. What a
// mail program does not understand leaves the light look, which stands in the elements themselves.

export const FONT =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Helvetica, Arial, sans-serif";

/** By day. */
export const COLOR = {
  page: '#f3f4f7',
  card: '#ffffff',
  line: '#e4e7ec',
  ink: '#101828',
  text: '#344054',
  faint: '#667085',
  brand: '#4338ca',
  track: '#e4e7ec',
} as const;

/** What the e-mail is about, at a glance. */
export type Tone = 'underway' | 'done' | 'waiting' | 'failed';

interface ToneColors {
  /** Of the bar. */
  strong: string;
  /** Of words on `soft`. */
  ink: string;
  soft: string;
}

export const TONES: Readonly<Record<Tone, ToneColors>> = {
  underway: { strong: '#4f46e5', ink: '#3730a3', soft: '#eef2ff' },
  done: { strong: '#16a34a', ink: '#166534', soft: '#dcfce7' },
  waiting: { strong: '#d97706', ink: '#92400e', soft: '#fef3c7' },
  failed: { strong: '#dc2626', ink: '#991b1b', soft: '#fee7e5' },
};

const NIGHT_TONES: Readonly<Record<Tone, ToneColors>> = {
  underway: { strong: '#818cf8', ink: '#c7d2fe', soft: '#252850' },
  done: { strong: '#4ade80', ink: '#bbf7d0', soft: '#12331f' },
  waiting: { strong: '#fbbf24', ink: '#fde68a', soft: '#3a2a0a' },
  failed: { strong: '#f87171', ink: '#fecaca', soft: '#401a1a' },
};

/** By class name, what is otherwise at night. */
const NIGHT: Readonly<Record<string, string>> = {
  page: 'background-color: #0e1116 !important',
  card: 'background-color: #181c23 !important; border-color: #2a303a !important',
  line: 'border-color: #2a303a !important',
  ink: 'color: #f5f7fa !important',
  text: 'color: #c6ccd6 !important',
  faint: 'color: #97a1b0 !important',
  track: 'background-color: #2f3641 !important',
  ...Object.fromEntries(
    Object.entries(NIGHT_TONES).flatMap(([tone, { strong, ink, soft }]) => [
      [`${tone}-strong`, `background-color: ${strong} !important`],
      [`${tone}-soft`, `background-color: ${soft} !important; border-color: ${strong} !important`],
      [`${tone}-ink`, `color: ${ink} !important`],
    ]),
  ),
};

/** The body's colour stands in a cell around everything as well. */
const selectorOf = (name: string, prefix: string) =>
  name === 'page' ? `${prefix}.page, ${prefix}.page > table > tbody > tr > td` : `${prefix}.${name}`;

const night = (prefix = '') =>
  Object.entries(NIGHT)
    .map(([name, rules]) => `${selectorOf(name, prefix)} { ${rules} }`)
    .join('\n');

/** The second copy is for Outlook on the web, which says by an attribute that it is dark. */
export const STYLE_SHEET = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
a { color: inherit; }
@media (max-width: 480px) {
  .gutter { padding: 20px 12px !important; }
  .pad { padding-left: 22px !important; padding-right: 22px !important; }
  .amount { font-size: 38px !important; line-height: 44px !important; }
}
@media (prefers-color-scheme: dark) {
${night()}
}
${night('[data-ogsc] ')}`;
