// Money, moments and numbers as the reader writes them: their browser's language and time zone.
const LOCALE = navigator.languages[0];

export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const moneyFormats = new Map<string, Intl.NumberFormat>();

function moneyFormat(currency: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = currency + JSON.stringify(options);
  const known = moneyFormats.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(LOCALE, {
    style: 'currency',
    currency: currency.toUpperCase(),
    ...options,
  });
  moneyFormats.set(key, made);
  return made;
}

/** @param cents whole cents; a currency without them has none here either */
export function money(cents: number, currency: string): string {
  const format = moneyFormat(currency, {});
  // Put together from digits: cents never pass through a fraction. Intl takes decimals as text.
  const sign = cents < 0 ? '-' : '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return format.format(`${sign}${digits.slice(0, -2)}.${digits.slice(-2)}` as never);
}

/** For axes: $1.2K. */
export const shortMoney = (cents: number, currency: string) =>
  moneyFormat(currency, { notation: 'compact', maximumFractionDigits: 1 }).format(cents / 100);

const NUMBER = new Intl.NumberFormat(LOCALE);
export const count = (value: number) => NUMBER.format(value);

const PERCENT = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
export const percent = (share: number | null | undefined) => (share == null ? '–' : PERCENT.format(share));

const MINUTES = { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' } as const;
const MOMENT = new Intl.DateTimeFormat(LOCALE, { ...MINUTES, year: 'numeric' });
const THIS_YEARS = new Intl.DateTimeFormat(LOCALE, MINUTES);
const SECONDS = new Intl.DateTimeFormat(LOCALE, { ...MINUTES, second: '2-digit' });
const EXACT = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'long' });
const TIME = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium' });
const UTC_DAY = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeZone: 'UTC' });
const UTC_SHORT_DAY = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const UTC_MONTH = new Intl.DateTimeFormat(LOCALE, { month: 'short', year: 'numeric', timeZone: 'UTC' });

/** The year only where it is another one. */
export function moment(iso: string): string {
  const date = new Date(iso);
  return (date.getFullYear() === new Date().getFullYear() ? THIS_YEARS : MOMENT).format(date);
}

/** For what follows upon each other. */
export const second = (iso: string) => SECONDS.format(new Date(iso));
/** With the time zone: for titles. */
export const exactly = (iso: string) => EXACT.format(new Date(iso));
export const clock = (time: number) => TIME.format(time);
export const localDay = (iso: string) => DAY.format(new Date(iso));
/** A calendar day, which is the same everywhere. */
export const day = (date: string) => UTC_DAY.format(new Date(date));
export const shortDay = (date: string) => UTC_SHORT_DAY.format(new Date(date));
export const month = (date: string) => UTC_MONTH.format(new Date(date));

/** Two days as one period, the shortest way to write it. */
export const period = (from: string, to: string) => UTC_DAY.formatRange(new Date(from), new Date(to));

const RELATIVE = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** `3 minutes ago`, `in 2 hours`. */
export function fromNow(iso: string, now = Date.now()): string {
  const seconds = (Date.parse(iso) - now) / 1_000;
  const step = STEPS.find(([, size]) => Math.abs(seconds) >= size);
  return step ? RELATIVE.format(Math.round(seconds / step[1]), step[0]) : RELATIVE.format(0, 'second');
}

/** Seconds as somebody would say them: `42 s`, `3.5 min`, `2 h`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return '–';
  const [unit, size] = seconds < 90 ? ['second', 1] : seconds < 5_400 ? ['minute', 60] : ['hour', 3_600];
  const digits = seconds < 1 ? 2 : seconds < 10 ? 1 : 0;
  return new Intl.NumberFormat(LOCALE, {
    style: 'unit',
    unit: String(unit),
    unitDisplay: 'short',
    maximumFractionDigits: unit === 'second' ? digits : 1,
  }).format(seconds / Number(size));
}
