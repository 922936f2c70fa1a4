// What the bank did, in plain words.
import { spelled, type Word } from '../format/words.js';
import { WordBadge } from './badge.js';

const WORDS: Readonly<Record<string, Word>> = {
  paid: { label: 'At the bank', tone: 'good', means: '' },
  in_transit: { label: 'On its way', tone: 'busy', means: '' },
  pending: { label: 'Waiting', tone: 'still', means: '' },
  failed: { label: 'The bank refused', tone: 'bad', means: '' },
  canceled: { label: 'Called off', tone: 'still', means: '' },
};

export const BankBadge = ({ status }: { status: string }) => (
  <WordBadge word={WORDS[status] ?? { label: spelled(status), tone: 'still', means: '' }} />
);
