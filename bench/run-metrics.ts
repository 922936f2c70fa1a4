// `npm run bench -- metrics`: what a scrape costs, and what it takes from those who are served meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { hotLists } from './lists.js';
import { type Contender, loadInTurn, type Plan } from './load.js';
import { printTimes, printTurns } from './report.js';
import { type Server, startProduct } from './servers.js';
import { onStage } from './stage.js';
import { median } from './statistics.js';
import { whoOf } from './token.js';

/** Milliseconds between scrapes: Prometheus asks every 15 seconds, several of them and health checks more often. */
const SCRAPE_EVERY_MS = 1_000;

/** After so many milliseconds a scrape reads the database anew. */
const READING_AGES_MS = 1_100;

export function runMetrics({ rows, ...plan }: Plan & { rows: number }): Promise<void> {
  return onStage(async (stage) => {
    const settings = await stage.database(rows);
    const server = await stage.start(startProduct(settings));
    const [list] = hotLists(await whoOf(stage.jwtSecret));
    if (!list) throw new Error('there is no list');
    const plain = { server, ask: list.product };
    const contenders: Contender[] = [
      { ...plain, name: 'alone' },
      { ...plain, name: 'scraped each second', beside: () => scraping(server) },
    ];
    printTurns(list.title, 'scraped each second', await loadInTurn(contenders, plan));
    printTimes('one scrape at a time', {
      'that shares a reading of the database': await scrapeTime(server, 100, 0),
      'that reads the database': await scrapeTime(server, 10, READING_AGES_MS),
    });
  });
}

function scraping({ url }: Server): () => void {
  const timer = setInterval(() => void scrapeOnce(url), SCRAPE_EVERY_MS);
  return () => clearInterval(timer);
}

async function scrapeOnce(url: string): Promise<void> {
  const response = await fetch(`${url}/metrics`);
  if (!response.ok) throw new Error(`a scrape was answered with ${response.status}`);
  await response.text();
}

/** The median in milliseconds. */
async function scrapeTime({ url }: Server, times: number, pauseMs: number): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < times; i += 1) {
    await sleep(pauseMs);
    const start = performance.now();
    await scrapeOnce(url);
    took.push(performance.now() - start);
  }
  return median(took);
}
