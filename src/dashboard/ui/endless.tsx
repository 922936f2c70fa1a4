// A table without an end: of all its rows only those in sight are in the page, and the pages around them in memory. It is a
// real table, with room above and below in the place of the rest.
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Pages } from '../api/pages.js';
import { useStore } from '../store.js';
import { Failed, Skeleton, Waiting } from './states.js';

export interface Column<Row> {
  id: string;
  head: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Width, alignment, and from which width on it is there. */
  className?: string;
  sort?: 'ascending' | 'descending' | 'none';
}

interface EndlessProps<Row extends { id: string }> {
  label: string;
  pages: Pages<Row>;
  columns: readonly Column<Row>[];
  empty: ReactNode;
  /** Told which rows to mark for a moment. */
  isFresh?: (row: Row) => boolean;
  /** Pixels of a row on a narrow and on a wide screen. */
  heights?: readonly [number, number];
}

export function Endless<Row extends { id: string }>(props: EndlessProps<Row>) {
  const { pages, empty } = props;
  const { count, loading, problem } = useStore(pages.state);
  if (problem && count === 0) return <Failed problem={problem} retry={() => pages.reload()} />;
  // The heads stay while other rows come: who has just pressed one of them stands there.
  return count === 0 && !loading ? empty : <Rows {...props} />;
}

const WIDE = '(min-width: 48rem)';

function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const update = () => setWide(query.matches);
    query.addEventListener('change', update);
    return () => query.removeEventListener('change', update);
  }, []);
  return wide;
}

/** Rows that are in the page beyond those in sight, on either side; and how many come and go at once. */
const BEYOND = 12;
const STEP = 4;

/** The rows in sight: all rows are alike in height, so that where one stands is a matter of counting. */
function useSight<Row extends { id: string }>(pages: Pages<Row>, count: number, height: number) {
  const head = useRef<HTMLTableSectionElement>(null);
  const [from, setFrom] = useState(0);
  const [size, setSize] = useState(20);
  useLayoutEffect(() => {
    const look = () => {
      const hidden = -(head.current?.getBoundingClientRect().bottom ?? 0);
      // In steps, so that most scrolling changes nothing.
      setFrom(Math.floor(hidden / height / STEP) * STEP - BEYOND);
      setSize(Math.ceil(innerHeight / height) + 2 * BEYOND + STEP);
    };
    look();
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [height]);
  const first = Math.max(0, Math.min(from, count - size));
  const last = Math.min(count, first + size) - 1;
  const { version } = useStore(pages.state);
  // Also when a page has come: the next one is asked for before somebody reaches it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version says that there is more to look at
  useEffect(() => pages.look(first, last), [pages, first, last, version]);
  return { head, first, last, above: first * height, below: (count - 1 - last) * height };
}

function Rows<Row extends { id: string }>({
  label,
  pages,
  columns,
  isFresh,
  heights = [72, 56],
}: EndlessProps<Row>) {
  const { count, isWhole, loading } = useStore(pages.state);
  const height = heights[useWide() ? 1 : 0] ?? 56;
  const { head, first, last, above, below } = useSight(pages, count, height);
  const inSight = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  return (
    <table className="w-full table-fixed border-collapse" aria-rowcount={isWhole ? count + 1 : -1}>
      <caption className="sr-only">{label}</caption>
      <thead ref={head}>
        <tr aria-rowindex={1} className="border-y border-line text-left text-sm text-muted">
          {columns.map(({ id, head, className = '', sort }) => (
            <th
              key={id}
              scope="col"
              aria-sort={sort}
              className={`px-2 py-2 font-medium first:pl-5 last:pr-5 ${className}`}
            >
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <Room height={above} />
      <tbody>
        {inSight.map((index) => (
          <Line key={index} index={index} row={pages.row(index)} {...{ columns, height, isFresh }} />
        ))}
      </tbody>
      <Room height={below} />
      {loading && (
        <tbody>
          <tr>
            <td colSpan={columns.length}>
              <Waiting lines={8} />
            </td>
          </tr>
        </tbody>
      )}
    </table>
  );
}

interface LineProps<Row extends { id: string }> extends Pick<EndlessProps<Row>, 'columns' | 'isFresh'> {
  index: number;
  row: Row | undefined;
  height: number;
}

function Line<Row extends { id: string }>({ index, row, columns, height, isFresh }: LineProps<Row>) {
  return (
    <tr
      aria-rowindex={index + 2}
      data-row={index}
      style={{ height }}
      className={`relative border-b border-line focus-within:bg-sunken hover:bg-sunken ${row && isFresh?.(row) ? 'fresh' : ''}`}
    >
      {columns.map(({ id, cell, className = '' }) => (
        <td key={id} className={`px-2 first:pl-5 last:pr-5 ${className}`}>
          {row ? cell(row) : <Skeleton className="h-4 w-20 max-w-full" />}
        </td>
      ))}
    </tr>
  );
}

/** Nothing to anybody: it only takes the place of rows. */
function Room({ height }: { height: number }) {
  return (
    <tbody aria-hidden="true">
      <tr>
        <td style={{ height, padding: 0 }} />
      </tr>
    </tbody>
  );
}
