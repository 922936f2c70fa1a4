// The currencies that Stripe moves, and the regions within which a platform may pay connected accounts.

const CODES =
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad ' +
  'cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl ' +
  'hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga ' +
  'mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron ' +
  'rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs ' +
  'vnd vuv wst xaf xcd xcg xof xpf yer zar zmw';

/** Lower-case ISO codes, in the order in which Stripe lists them. */
export const CURRENCIES: ReadonlySet<string> = new Set(CODES.split(' '));

const EUROPE = new Set(
  'AT BE BG CH CY CZ DE DK EE ES FI FR GB GI GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(
    ' ',
  ),
);

const DEFAULT_CURRENCY: Record<string, string> = {
  US: 'usd',
  CA: 'cad',
  GB: 'gbp',
  CH: 'chf',
  JP: 'jpy',
  AU: 'aud',
  NZ: 'nzd',
  BR: 'brl',
  MX: 'mxn',
  IN: 'inr',
  SE: 'sek',
  NO: 'nok',
  DK: 'dkk',
  PL: 'pln',
  CZ: 'czk',
  HU: 'huf',
  RO: 'ron',
  SG: 'sgd',
  HK: 'hkd',
  TH: 'thb',
};

/** The currency that an account of this country settles in. */
export function currencyOf(country: string): string {
  return DEFAULT_CURRENCY[country] ?? (EUROPE.has(country) ? 'eur' : 'usd');
}

/** Whether funds move between the two countries without leaving the platform's region. */
export function sameRegion(one: string, other: string): boolean {
  return one === other || (EUROPE.has(one) && EUROPE.has(other));
}
