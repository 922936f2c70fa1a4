// What happened, one below the other, the latest first.
import type { Tone } from '../format/words.js';
import { When } from './values.js';

export interface Step {
  key: string;
  tone: Tone;
  title: string;
  text?: string | null;
  at: string;
}

const DOTS: Record<Tone, string> = {
  good: 'bg-good',
  busy: 'bg-busy',
  warn: 'bg-warn',
  bad: 'bg-bad',
  still: 'bg-edge',
};

export function Timeline({ steps }: { steps: readonly Step[] }) {
  return (
    <ol className="px-5 pb-5">
      {steps.map(({ key, tone, title, text, at }, index) => (
        <li key={key} className="relative grid grid-cols-[0.75rem_minmax(0,1fr)] gap-x-4 pb-5 last:pb-0">
          {index < steps.length - 1 && (
            <span
              aria-hidden="true"
              className="absolute top-3 bottom-[-0.375rem] left-[0.3125rem] w-0.5 bg-line"
            />
          )}
          <span
            aria-hidden="true"
            className={`relative mt-1.5 size-3 rounded-full ring-4 ring-surface ${DOTS[tone]}`}
          />
          <div className="flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="font-medium">{title}</span>
            <span className="text-sm text-muted">
              <When at={at} as="second" />
            </span>
            {text && <p className="basis-full text-sm text-muted">{text}</p>}
          </div>
        </li>
      ))}
    </ol>
  );
}
