// The e-mails as readers get them: both forms say the same, by day and by night, whatever a name holds.
import { describe, expect, it } from 'vitest';
import { renderEmail } from '../../src/emails/render.js';
import { SAMPLES } from '../../src/emails/samples.js';
import type { PayoutEmail, PayoutEmailProps } from '../../src/emails/types.js';

const sample = SAMPLES['payout-initiated']?.props as PayoutEmailProps;
const initiated = (over: Partial<PayoutEmailProps>): PayoutEmail => ({
  template: 'PAYOUT_INITIATED',
  props: { ...sample, ...over },
});

describe.each(Object.entries(SAMPLES))('%s', (_, email) => {
  it('says the same in both forms: the amount, what happens next, and the reference', async () => {
    const { subject, html, text } = await renderEmail(email);
    const { amount, name, reference, period } = email.props;
    expect(subject).toContain(amount);
    for (const said of [amount, name, 'What happens next', reference, period ?? '']) {
      expect(text).toContain(said);
      expect(html).toContain(said);
    }
    expect(text).not.toMatch(/[<>{}]|undefined|null|NaN|\[object/);
    expect(text.split('\n').every((line) => line.length <= 78)).toBe(true);
    expect(text).not.toMatch(/\n{3}/);
  });

  it('is light and dark, made for phones, and loads nothing', async () => {
    const { html } = await renderEmail(email);
    expect(html).toContain('<meta name="color-scheme" content="light dark"/>');
    expect(html).toContain('@media (prefers-color-scheme: dark)');
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1"/>');
    expect(html).not.toMatch(/<(img|script|link|iframe|form|svg)\b|url\(|@import/);
    expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    // Gmail cuts off what is longer than 102 kB.
    expect(Buffer.byteLength(html)).toBeLessThan(30_000);
  });

  it('gives every colour of the day one for the night', async () => {
    const { html } = await renderEmail(email);
    const [, sheet = '', body = ''] = /<style>([\s\S]*)<\/style>([\s\S]*)/.exec(html) ?? [];
    const names = [...body.matchAll(/class="([^"]+)"/g)].flatMap(([, one = '']) => one.split(' '));
    const atNight = names.filter((name) => !['fact', 'gutter', 'pad', 'amount'].includes(name));
    for (const name of new Set(atNight))
      expect(sheet, name).toMatch(new RegExp(`\\.${name}[ ,][^}]*!important`));
    // Save for the cell that the body's rule reaches, and the mark, which is the same by night.
    const [cell, mark, ...others] = coloured(body).filter((tag) => !tag.includes('class='));
    expect(cell).toContain('background-color:#f3f4f7');
    expect(mark).toContain('color:#ffffff');
    expect(others).toEqual([]);
  });
});

const coloured = (html: string) =>
  [...html.matchAll(/<\w[^>]*style="[^"]*(?<![-\w])(?:background-)?color:[^"]*"[^>]*>/g)].map(([tag]) => tag);

describe('what a reader is called', () => {
  it.each(['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', '{{name}}', 'A & B'])(
    'is words and no more: %s',
    async (name) => {
      const { html, text } = await renderEmail(initiated({ name, brand: name }));
      expect(html).not.toMatch(/<script|<img/);
      expect(text.replace(/\s+/g, ' ')).toContain(name);
    },
  );

  it('may be long, in any script', async () => {
    const name = 'Maximiliane von und zu Hohenzollern-Sigmaringen '.repeat(5);
    for (const one of [name, '王小明', 'مايا', '🎧 DJ']) {
      const { html } = await renderEmail(initiated({ name: one }));
      expect(html).toContain(one);
    }
  });
});

it('a payout that is tried again at once does not say when', async () => {
  const email: PayoutEmail = {
    template: 'PAYOUT_RETRYING',
    props: { ...sample, reason: null, nextAttempt: null },
  };
  const { subject, text } = await renderEmail(email);
  expect(subject).toBe(`We are sending your payout of ${sample.amount} again`);
  expect(text).not.toContain('Next attempt');
});

it('a payout without a statement names no days', async () => {
  expect((await renderEmail(initiated({ period: null }))).text).not.toContain('Royalties for');
});
