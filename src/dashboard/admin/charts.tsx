// The drawing of charts, apart from everything else since it is the heaviest part. Whoever does not see it has the table.
import {
  Bar,
  BarChart,
  CartesianGrid,
  Line,
  LineChart,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { count, duration, money, shortMoney } from '../format/locale.js';

export type ChartKind = 'paid' | 'ended' | 'time';

/** A day, a week or a month. */
export interface Step {
  name: string;
  /** Its name where there is room. */
  whole: string;
  paidCents: number;
  paid: number;
  failed: number;
  seconds: number | null;
}

interface ChartProps {
  kind: ChartKind;
  title: string;
  steps: Step[];
  currency: string;
}

interface Series {
  key: keyof Step;
  name: string;
  color: string;
}

const SERIES: Record<ChartKind, Series[]> = {
  paid: [{ key: 'paidCents', name: 'Paid', color: 'var(--color-accent)' }],
  ended: [
    { key: 'paid', name: 'Paid', color: 'var(--color-good)' },
    { key: 'failed', name: 'Failed', color: 'var(--color-bad)' },
  ],
  time: [{ key: 'seconds', name: 'On average', color: 'var(--color-busy)' }],
};

const TICK = { fill: 'var(--color-muted)', fontSize: 12 };

export default function Chart({ kind, title, steps, currency }: ChartProps) {
  const written = { paid: (v: number) => money(v, currency), ended: count, time: duration }[kind];
  const short = { paid: (v: number) => shortMoney(v, currency), ended: count, time: duration }[kind];
  const Plot = kind === 'time' ? LineChart : BarChart;
  return (
    <figure className="h-64 px-3 pb-4" aria-label={`${title}: chart. The same numbers are in the table.`}>
      {kind === 'ended' && <Legend />}
      <ResponsiveContainer width="100%" height={kind === 'ended' ? '88%' : '100%'}>
        <Plot data={steps} margin={{ top: 8, right: 12, left: 0, bottom: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} stroke="var(--color-line)" />
          <XAxis
            dataKey="name"
            tick={TICK}
            tickLine={false}
            axisLine={{ stroke: 'var(--color-line)' }}
            minTickGap={28}
          />
          <YAxis
            tick={TICK}
            tickLine={false}
            axisLine={false}
            width={64}
            tickFormatter={short}
            allowDecimals={kind === 'time'}
            tickCount={kind === 'time' ? 3 : 5}
          />
          <Tooltip
            cursor={{ fill: 'var(--color-sunken)', stroke: 'var(--color-line)' }}
            content={<Tip written={written} />}
            isAnimationActive={false}
          />
          {SERIES[kind].map(({ key, name, color }) =>
            kind === 'time' ? (
              <Line
                key={key}
                dataKey={key}
                name={name}
                stroke={color}
                strokeWidth={2}
                dot={{ r: 3, fill: color, strokeWidth: 0 }}
                connectNulls
                isAnimationActive={false}
              />
            ) : (
              <Bar
                key={key}
                dataKey={key}
                name={name}
                fill={color}
                stackId="all"
                maxBarSize={36}
                radius={kind === 'paid' ? [4, 4, 0, 0] : 0}
                isAnimationActive={false}
              />
            ),
          )}
        </Plot>
      </ResponsiveContainer>
    </figure>
  );
}

const Legend = () => (
  <p className="flex gap-4 px-2 text-sm text-muted">
    {SERIES.ended.map(({ key, name, color }) => (
      <span key={key} className="inline-flex items-center gap-2">
        <span aria-hidden="true" className="size-2.5 rounded-sm" style={{ background: color }} />
        {name}
      </span>
    ))}
  </p>
);

interface TipProps {
  written: (value: number) => string;
  active?: boolean;
  payload?: { name?: string; value?: number; payload?: Step }[];
}

/** Recharts gives it what the pointer is at. */
function Tip({ written, active, payload }: TipProps) {
  const [first] = payload ?? [];
  if (!active || !first) return null;
  return (
    <div className="card px-3 py-2 text-sm shadow-raised">
      <p className="text-muted">{first.payload?.whole}</p>
      {payload?.map(({ name, value }) => (
        <p key={name} className="flex justify-between gap-6">
          <span>{name}</span>
          <span className="money font-semibold">{written(value ?? 0)}</span>
        </p>
      ))}
    </div>
  );
}
