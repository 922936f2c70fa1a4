// Reads what a process says at /metrics, as Prometheus would.

export interface Scrape {
  /** The value of the one series with exactly these labels; 0 is one, undefined is none. */
  of(name: string, labels?: Record<string, string>): number | undefined;
  /** All series of a name: its labels, in their order, and its value. */
  series(name: string): Record<string, number>;
  /** Every name that a sample has. */
  names: ReadonlySet<string>;
  /** By the name of the metric: the sort that its TYPE line tells. */
  types: ReadonlyMap<string, string>;
  text: string;
}

export async function scrape(url: string): Promise<Scrape> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return parse(text);
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;

function parse(text: string): Scrape {
  const lines = text.split('\n').filter((line) => line !== '');
  const types = new Map(
    lines
      .filter((line) => line.startsWith('# TYPE '))
      .map((line) => line.split(' ').slice(2) as [string, string]),
  );
  const samples = lines.filter((line) => !line.startsWith('#')).map(sampleOf);
  const series = (name: string) =>
    Object.fromEntries(
      samples.filter((one) => one.name === name).map(({ labels, value }) => [labels, value]),
    );
  return {
    of: (name, labels = {}) => series(name)[labelsOf(labels)],
    series,
    names: new Set(samples.map(({ name }) => name)),
    types,
    text,
  };
}

function sampleOf(line: string): { name: string; labels: string; value: number } {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
  if (!name) throw new Error(`no sample: ${line}`);
  return { name, labels: labels.replaceAll('"', ''), value: Number(value.replace('+Inf', 'Infinity')) };
}

const labelsOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
