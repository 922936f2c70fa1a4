// Lists as pages show them: kept while one looks at a row and comes back, and marked where the server has just changed them.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Api } from './client.js';
import { useApi } from './context.js';
import type { Change } from './live.js';
import { type ListSource, Pages } from './pages.js';

interface Kept {
  api: Api;
  key: string;
  pages: { close(): void };
}

/** Lists that stay as they are while one looks at something else, the latest first. */
let kept: Kept[] = [];
const MOST_KEPT = 4;

/** A list that was looked at a moment ago is still where it was. */
export function usePages<Row extends { id: string }>(source: ListSource<Row>): Pages<Row> {
  const api = useApi();
  const key = JSON.stringify([source.document.toString(), source.variables]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all of the source
  const { pages, isKept } = useMemo(() => pagesOf(api, key, source), [api, key]);
  useEffect(() => {
    // Nobody would see new rows come in while something else is looked at.
    if (isKept && pages.isAtTop()) pages.reload();
  }, [pages, isKept]);
  return pages;
}

function pagesOf<Row extends { id: string }>(api: Api, key: string, source: ListSource<Row>) {
  const known = kept.find((one) => one.api === api && one.key === key);
  const pages = (known?.pages as Pages<Row> | undefined) ?? makePages(api, source);
  const others = kept.filter((one) => one !== known);
  const gone = others.filter((one, at) => one.api !== api || at >= MOST_KEPT - 1);
  kept = [{ api, key, pages }, ...others.filter((one) => !gone.includes(one))];
  for (const { pages: old } of gone) old.close();
  return { pages, isKept: known !== undefined };
}

const makePages = <Row extends { id: string }>(
  { lists, answers, live }: Api,
  source: ListSource<Row>,
): Pages<Row> => new Pages<Row>({ client: lists, answers, stale: live.stale }, source);

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
export function useNewRows<Row extends { id: string }>(
  pages: Pages<Row>,
  isNew: (change: Change) => boolean,
) {
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
