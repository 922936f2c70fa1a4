// What arrived in a year, by month: to look at, to print, to keep.
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Client } from 'urql';
import { useApi } from '../api/context.js';
import { nodeOf } from '../api/documents.js';
import { type Problem, problemOf } from '../api/errors.js';
import { count, day, money, month } from '../format/locale.js';
import { MyYearDocument, type MyYearQuery, type PayoutFilter } from '../gql/graphql.js';
import { Button } from '../ui/button.js';
import { DownloadButton } from '../ui/download.js';
import { InlineSelect } from '../ui/field.js';
import { Page } from '../ui/page.js';
import { Empty, Failed, Waiting } from '../ui/states.js';
import { Money } from '../ui/values.js';
import { whatFor } from './my-payouts.js';

type Row = NonNullable<MyYearQuery['myPayouts']>['nodes'][number];

const THIS_YEAR = new Date().getUTCFullYear();
const YEARS = Array.from({ length: 6 }, (_, back) => THIS_YEAR - back);

export function Statement() {
  const { year = THIS_YEAR }: { year?: number } = useSearch({ strict: false });
  const navigate = useNavigate();
  const { rows, problem, reload } = useYear(Number(year));
  return (
    <Page
      title={`Statement of ${year}`}
      note="Everything that arrived in your payment account in this year."
      actions={
        <>
          <InlineSelect
            label="Year"
            className="print:hidden"
            value={year}
            onChange={(e) =>
              void navigate({ to: '.', search: { year: Number(e.target.value) } as never, replace: true })
            }
          >
            {YEARS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </InlineSelect>
          <Button small className="print:hidden" onClick={() => print()}>
            Print
          </Button>
          <DownloadButton path={`/exports/statement?year=${year}`}>Page</DownloadButton>
          <DownloadButton path={`/exports/statement?year=${year}&format=csv`}>CSV</DownloadButton>
        </>
      }
    >
      <section aria-label="Payouts of the year" className="card overflow-hidden">
        {problem ? (
          <Failed problem={problem} retry={reload} />
        ) : rows ? (
          <Year rows={rows} />
        ) : (
          <Waiting lines={6} />
        )}
      </section>
    </Page>
  );
}

interface YearState {
  rows: Row[] | null;
  problem: Problem | null;
}

const NOTHING: YearState = { rows: null, problem: null };

function useYear(year: number) {
  const { client } = useApi();
  const [state, setState] = useState(NOTHING);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn reads anew
  useEffect(() => {
    let isOver = false;
    setState(NOTHING);
    void readYear(client, year).then((read) => !isOver && setState(read));
    return () => {
      isOver = true;
    };
  }, [client, year, turn]);
  return { ...state, reload: () => setTurn((before) => before + 1) };
}

/** A year is short enough to be read as a whole, page by page. */
async function readYear(client: Client, year: number): Promise<YearState> {
  // A payout may be made in December and arrive in January.
  const createdAt = { gte: startOf(year - 1), lt: startOf(year + 1) };
  const filter: PayoutFilter = { status: { in: ['COMPLETED'] }, createdAt };
  const rows: Row[] = [];
  let after: string | null | undefined;
  do {
    const variables = { first: 100, filter, ...(after && { after }) };
    const answer = client.query(nodeOf(MyYearDocument), variables, { requestPolicy: 'network-only' });
    const { data, error } = await answer.toPromise();
    if (error) return { rows: null, problem: problemOf(error) };
    rows.push(...(data?.myPayouts?.nodes ?? []).filter((row) => yearOf(row) === year));
    const next = data?.myPayouts?.pageInfo;
    after = next?.hasNextPage ? next.endCursor : null;
  } while (after);
  return { rows, problem: null };
}

/** Months are UTC, as in the statement that is saved: it says the same wherever it is read. */
const startOf = (year: number) => new Date(Date.UTC(year, 0, 1)).toISOString();
const arrivedAt = (row: Row) => row.processedAt ?? row.createdAt;
const yearOf = (row: Row) => new Date(arrivedAt(row)).getUTCFullYear();
/** What was taken back is none of it, as in the statement that is saved. */
const sum = (rows: readonly Row[]) =>
  rows.reduce((cents, { amountCents, reversedCents }) => cents + amountCents - reversedCents, 0);

function Year({ rows }: { rows: readonly Row[] }) {
  const [first] = rows;
  if (!first) return <Empty icon="statement" title="Nothing arrived in this year" />;
  const months = byMonth(rows);
  return (
    <table className="w-full">
      <caption className="sr-only">Payouts by month</caption>
      <thead>
        <tr className="border-b border-line text-left text-sm text-muted">
          <th scope="col" className="py-2 pr-2 pl-5 font-medium">
            Arrived
          </th>
          <th scope="col" className="hidden px-5 py-2 font-medium sm:table-cell">
            For
          </th>
          <th scope="col" className="py-2 pr-5 pl-2 text-right font-medium">
            Amount
          </th>
        </tr>
      </thead>
      {[...months].map(([name, ofMonth]) => (
        <Month key={name} name={name} rows={ofMonth} currency={first.currency} />
      ))}
      <tfoot>
        <tr className="border-t-2 border-edge">
          <th scope="row" className="py-4 pr-2 pl-5 text-left font-semibold">
            {count(rows.length)} {rows.length === 1 ? 'payout' : 'payouts'} in all
          </th>
          <td className="hidden sm:table-cell" />
          <td className="py-4 pr-5 pl-2 text-right text-lg font-semibold">
            <Money cents={sum(rows)} currency={first.currency} />
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

function byMonth(rows: readonly Row[]): Map<string, Row[]> {
  const months = new Map<string, Row[]>();
  for (const row of rows) {
    const name = `${arrivedAt(row).slice(0, 7)}-01`;
    months.set(name, [...(months.get(name) ?? []), row]);
  }
  return months;
}

function Month({ name, rows, currency }: { name: string; rows: readonly Row[]; currency: string }) {
  return (
    <tbody>
      <tr className="bg-sunken">
        <th scope="rowgroup" className="py-2 pr-2 pl-5 text-left font-medium">
          {month(name)}
        </th>
        <td className="hidden sm:table-cell" />
        <td className="py-2 pr-5 pl-2 text-right font-medium">
          <span className="money">{money(sum(rows), currency)}</span>
        </td>
      </tr>
      {rows.map((row) => (
        <tr key={row.id} className="border-t border-line">
          <td className="py-3 pr-2 pl-5">
            {day(arrivedAt(row))}
            <span className="block text-sm text-muted">{row.reference}</span>
          </td>
          <td className="hidden px-5 py-3 text-muted sm:table-cell">{whatFor(row) ?? 'A payment'}</td>
          <td className="py-3 pr-5 pl-2 text-right">
            <Money cents={row.amountCents} currency={row.currency} />
            {row.reversedCents > 0 && (
              <span className="block text-sm text-muted">
                <Money cents={row.reversedCents} currency={row.currency} /> taken back
              </span>
            )}
          </td>
        </tr>
      ))}
    </tbody>
  );
}
