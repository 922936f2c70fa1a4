import { expect, it } from 'vitest';
import { formats } from '../../src/statements/formats/list.js';
import { recognise } from '../../src/statements/recognise.js';

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

const layoutOf = (text: string) => recognise(once(text), formats);

it.each([
  ['payouts-csv', ',', 'creator_email,period_start,period_end,amount_cents'],
  ['payouts-csv', '\t', 'amount_cents\tnote\tperiod_end\tperiod_start\tcreator_email'],
  ['payouts-csv', ',', '"Creator_Email ", PERIOD_START ,period_end,amount_cents,'],
  ['distrokid', '\t', 'Sale Month\tArtist\tEarnings (USD)'],
  ['distrokid', ',', '"Artist","Country of Sale","Sale Month","Earnings (USD)"'],
  ['distrokid', '\t', 'Sale Month\tArtist\tSong/Album\tSongwriter Royalties Withheld\tEarnings (USD)'],
])('takes %s with %j from its header', async (format, delimiter, header) => {
  expect(await layoutOf(`${header}\nrest`)).toMatchObject({
    format: { id: format },
    delimiter,
    headerLine: 1,
  });
});

it('finds a header below other lines', async () => {
  const text = '\nReport "x, of 2026\n\nSale Month\tArtist\tEarnings (USD)\n';
  expect(await layoutOf(text)).toMatchObject({ format: { id: 'distrokid' }, headerLine: 4 });
});

it('refuses any other file, with its header and the formats that it knows', async () => {
  const refusal = expect(layoutOf('\n  Date;Total \u0007\n1;2\n')).rejects;
  await refusal.toMatchObject({ code: 'UNKNOWN_FORMAT', found: 'Date;Total' });
  await refusal.toThrow(/Date;Total\n.*creator_email, period_start.*DistroKid.*Earnings \(USD\)/s);
});

it('refuses an empty file', async () => {
  await expect(layoutOf('')).rejects.toThrow(/The file is empty/);
});

it('says which column is missing, or stands there twice', async () => {
  const reader = async (header: string) => {
    const layout = await layoutOf(header);
    return layout.format.reader(layout.header);
  };
  await expect(reader('Artist\tCountry of Sale\tEarnings (USD)')).rejects.toMatchObject({
    code: 'BAD_HEADER',
    message: 'The column "Sale Month" is missing. Columns found: Artist, Country of Sale, Earnings (USD)',
  });
  await expect(reader('\u001b[31mArtist\tSale Month\tEarnings (USD)')).rejects.toMatchObject({
    message: 'The column "Artist" is missing. Columns found:  [31mArtist, Sale Month, Earnings (USD)',
  });
  await expect(reader('Artist\tSale Month\tEarnings (USD)\tearnings (usd)')).rejects.toThrow(
    /stands there twice/,
  );
});
