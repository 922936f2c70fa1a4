// The frame of every e-mail, from top to bottom: who writes, how it stands, the amount, one sentence of what happened, how
// far the payment is, what comes next and what the reader can do, and the facts.
import type { ReactNode } from 'react';
import { Body, Column, Container, Head, Heading, Html, Preview, Row, Section, Text } from 'react-email';
import { COLOR, FONT, STYLE_SHEET, TONES, type Tone } from './theme.js';
import type { PayoutEmailProps } from './types.js';

export interface LayoutProps extends Pick<PayoutEmailProps, 'brand' | 'amount' | 'locale' | 'reference'> {
  tone: Tone;
  /** Two or three words. */
  status: string;
  headline: string;
  /** What mail programs show beside the subject. */
  preview: string;
  /** One sentence. */
  happened: ReactNode;
  /** How far it is, of three steps. */
  step: 1 | 2 | 3;
  next: ReactNode;
  /** What only the reader can do; null: nothing needs to be done. */
  todo: string | null;
  /** Name and value; without a value it is left out. */
  facts: readonly (readonly [string, string | null])[];
}

export function Layout(props: LayoutProps) {
  const { brand, locale, preview } = props;
  return (
    <Html lang="en" data-locale={locale}>
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
        <style>{STYLE_SHEET}</style>
      </Head>
      <Body className="page" style={{ backgroundColor: COLOR.page, margin: 0, fontFamily: FONT }}>
        <Preview>{preview}</Preview>
        <Container style={{ maxWidth: '584px', padding: '32px 16px' }} tdClassName="gutter">
          <Brand brand={brand} />
          <Card {...props} />
          <Footer brand={brand} />
        </Container>
      </Body>
    </Html>
  );
}

function Brand({ brand }: { brand: string }) {
  return (
    <Section style={{ padding: '0 4px 16px' }}>
      <table role="presentation" cellPadding="0" cellSpacing="0" border={0}>
        <tbody>
          <tr>
            <td style={{ ...mark, backgroundColor: COLOR.brand }} data-skip-in-text="true">
              {[...brand][0]?.toUpperCase()}
            </td>
            <td className="ink" style={{ ...brandName, color: COLOR.ink }}>
              {brand}
            </td>
          </tr>
        </tbody>
      </table>
    </Section>
  );
}

const mark = {
  width: '32px',
  height: '32px',
  borderRadius: '9px',
  color: '#ffffff',
  fontSize: '16px',
  lineHeight: '32px',
  fontWeight: 700,
  textAlign: 'center' as const,
};
const brandName = { paddingLeft: '10px', fontSize: '16px', lineHeight: '32px', fontWeight: 600 };

function Card(props: LayoutProps) {
  const { tone, status, amount, headline, happened, next, todo, facts, reference } = props;
  return (
    <Section className="card" style={card}>
      <Section style={{ padding: '32px 36px 28px' }} tdClassName="pad">
        <Status tone={tone}>{status}</Status>
        <Text className="ink amount" style={amountStyle}>
          {amount}
        </Text>
        <Heading as="h1" className="ink" style={headlineStyle}>
          {headline}
        </Heading>
        <Text className="text" style={{ ...paragraph, margin: '8px 0 0' }}>
          {happened}
        </Text>
        <Progress {...props} />
      </Section>
      <Section style={{ padding: '0 36px 8px' }} tdClassName="pad">
        {todo && (
          <Callout tone={tone} title="What you can do">
            {todo}
          </Callout>
        )}
        <Callout tone={todo ? null : tone} title="What happens next">
          {next}
        </Callout>
      </Section>
      <Section style={{ padding: '4px 36px 20px' }} tdClassName="pad">
        {[...facts, ['Reference', reference] as const].map(([name, value]) =>
          value === null ? null : <Fact key={name} name={name} value={value} small={value === reference} />,
        )}
      </Section>
    </Section>
  );
}

const card = {
  backgroundColor: COLOR.card,
  border: `1px solid ${COLOR.line}`,
  borderRadius: '16px',
  borderCollapse: 'separate' as const,
};
const amountStyle = {
  margin: '18px 0 0',
  color: COLOR.ink,
  fontSize: '46px',
  lineHeight: '52px',
  fontWeight: 700,
  letterSpacing: '-0.02em',
  fontVariantNumeric: 'tabular-nums',
};
const headlineStyle = {
  margin: '12px 0 0',
  color: COLOR.ink,
  fontSize: '20px',
  lineHeight: '28px',
  fontWeight: 600,
};
const paragraph = { color: COLOR.text, fontSize: '16px', lineHeight: '25px' };

function Status({ tone, children }: { tone: Tone; children: string }) {
  const { soft, ink } = TONES[tone];
  return (
    <span className={`${tone}-soft ${tone}-ink`} style={{ ...pill, backgroundColor: soft, color: ink }}>
      {children}
    </span>
  );
}

const pill = {
  display: 'inline-block',
  padding: '5px 12px',
  borderRadius: '999px',
  fontSize: '13px',
  lineHeight: '18px',
  fontWeight: 600,
};

const STEPS = ['Created', 'Sending', 'In your balance'] as const;

/** Colour alone says nothing here that the words above do not say. */
function Progress({ tone, step }: Pick<LayoutProps, 'tone' | 'step'>) {
  return (
    <Section style={{ marginTop: '24px' }} data-skip-in-text="true" aria-hidden="true">
      <Row>
        {STEPS.map((name, i) => (
          <Column key={name} style={{ width: '33.33%', paddingRight: i < 2 ? '6px' : 0 }}>
            <div
              className={i < step ? `${tone}-strong` : 'track'}
              style={{ ...bar, backgroundColor: i < step ? TONES[tone].strong : COLOR.track }}
            />
            <div className={i < step ? 'text' : 'faint'} style={stepName(i < step)}>
              {name}
            </div>
          </Column>
        ))}
      </Row>
    </Section>
  );
}

const bar = { height: '6px', borderRadius: '3px', fontSize: '0', lineHeight: '0' };
const stepName = (reached: boolean) => ({
  marginTop: '8px',
  color: reached ? COLOR.text : COLOR.faint,
  fontSize: '12px',
  lineHeight: '16px',
  fontWeight: reached ? 600 : 400,
});

function Callout({ tone, title, children }: { tone: Tone | null; title: string; children: ReactNode }) {
  const colors = tone && TONES[tone];
  return (
    <Section
      className={tone ? `${tone}-soft` : ''}
      style={colors ? { ...callout, backgroundColor: colors.soft } : { padding: '6px 0 18px' }}
    >
      <Heading
        as="h2"
        className={tone ? `${tone}-ink` : 'ink'}
        style={{ ...calloutTitle, color: colors?.ink ?? COLOR.ink }}
      >
        {title}
      </Heading>
      <Text
        className="text"
        style={{ ...paragraph, margin: '4px 0 0', fontSize: '15px', lineHeight: '23px' }}
      >
        {children}
      </Text>
    </Section>
  );
}

const callout = { padding: '16px 18px', marginBottom: '12px', borderRadius: '12px' };
const calloutTitle = { margin: 0, fontSize: '14px', lineHeight: '20px', fontWeight: 600 };

function Fact({ name, value, small }: { name: string; value: string; small: boolean }) {
  return (
    <Row className="line" data-fact style={{ borderTop: `1px solid ${COLOR.line}` }}>
      <Column className="fact faint" style={{ ...fact, width: '36%', color: COLOR.faint }}>
        {name}
        <span style={{ display: 'none' }}>: </span>
      </Column>
      <Column
        className={small ? 'fact faint' : 'fact ink'}
        style={{ ...fact, ...(small ? tiny : { color: COLOR.ink }), textAlign: 'right' }}
      >
        {value}
      </Column>
    </Row>
  );
}

const fact = { padding: '11px 0', fontSize: '14px', lineHeight: '20px', verticalAlign: 'top' as const };
const tiny = {
  color: COLOR.faint,
  fontSize: '12px',
  fontFamily: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  wordBreak: 'break-all' as const,
};

function Footer({ brand }: { brand: string }) {
  return (
    <Section style={{ padding: '18px 20px 0' }}>
      <Text className="faint" style={{ margin: 0, color: COLOR.faint, fontSize: '13px', lineHeight: '20px' }}>
        Questions? Reply to this e-mail and mention the reference above. You receive it because {brand} pays
        your royalties; we will never ask for your password or your bank details.
      </Text>
    </Section>
  );
}
