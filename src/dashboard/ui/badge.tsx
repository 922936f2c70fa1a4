// A state in one or two words. The word carries the meaning, the colour repeats it.
import { forAdmins, forCreators, type Standing, type Tone, type Word } from '../format/words.js';

const TONES: Record<Tone, string> = {
  good: 'bg-good-soft text-good',
  busy: 'bg-busy-soft text-busy',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  still: 'bg-still-soft text-still',
};

export function Badge({ tone, children }: { tone: Tone; children: string }) {
  return (
    <span
      className={`inline-flex items-center gap-1.5 rounded-full px-2.5 py-0.5 text-sm font-medium whitespace-nowrap ${TONES[tone]}`}
    >
      <span aria-hidden="true" className="size-1.5 rounded-full bg-current" />
      {children}
    </span>
  );
}

export const WordBadge = ({ word }: { word: Word }) => <Badge tone={word.tone}>{word.label}</Badge>;

export function StatusBadge({ of: standing, plain = false }: { of: Standing; plain?: boolean }) {
  return <WordBadge word={plain ? forCreators(standing) : forAdmins(standing)} />;
}
