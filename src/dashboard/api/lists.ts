// Lists as pages show them: kept while one looks at a row and comes back, and marked where the server has just changed them.
import { useEffect, useMemo, useRef, useState } from 'react';
import { useApi } from './context.js';
import type { Change } from './live.js';
import { type ListSource, Pages } from './pages.js';

let kept: { key: string; client: unknown; pages: Pages<unknown> } | null = null;

/** The list that was looked at last stays as it is until another one is looked at. */
export function usePages<Row>(source: ListSource<Row>): Pages<Row> {
  const { client, live } = useApi();
  const key = `${source.field} ${JSON.stringify(source.variables)}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of the source
  const pages = useMemo(() => {
    if (kept?.key === key && kept.client === client) return kept.pages as Pages<Row>;
    kept?.pages.close();
    const made = new Pages<Row>(client, source);
    kept = { key, client, pages: made as Pages<unknown> };
    return made;
  }, [client, key]);
  useEffect(() => live.stale.listen(() => pages.reload()), [live, pages]);
  return pages;
}

/** Milliseconds for which a row is marked; as long as its mark takes to fade. */
const FRESH_MS = 2_500;

/** Rows that were changed a moment ago. */
export function useFresh(): (row: { id: string }) => boolean {
  const { live } = useApi();
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(
    () =>
      live.changes.listen(({ payout: { id } }) => {
        setFresh((before) => new Set(before).add(id));
        setTimeout(
          () => setFresh((before) => new Set([...before].filter((other) => other !== id))),
          FRESH_MS,
        );
      }),
    [live],
  );
  return ({ id }) => fresh.has(id);
}

/** How near the top one must be for new rows to come in by themselves; pixels. */
const TOP = 80;
const GATHER_MS = 700;

/** New rows: they come by themselves while one looks at the top, else they are counted. */
export function useNewRows<Row>(pages: Pages<Row>, isNew: (change: Change) => boolean) {
  const { live } = useApi();
  const [count, setCount] = useState(0);
  const latest = useRef(isNew);
  latest.current = isNew;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    setCount(0);
    const stop = live.changes.listen((change) => {
      if (!latest.current(change)) return;
      if (scrollY > TOP) return setCount((before) => before + 1);
      timer ??= setTimeout(() => {
        timer = undefined;
        pages.reload();
      }, GATHER_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [live, pages]);
  const show = () => {
    setCount(0);
    pages.reload();
    scrollTo({ top: 0 });
  };
  return { count, show };
}
