/**
 * A page's sequence as the columns of its row keep it.
 */
import type { LossReason } from '../../wire/event.ts';
import { type LostStretch, numbersIn, type PageSequence, type Part, type Stretch } from './page-sequence.ts';

export interface SequenceRow {
  /** Of the page's last word. */
  session_id: string;
  highest: number;
  stored: number;
  /** `null`: written before refused numbers were counted. */
  refused: number | null;
  /** `3-5,9-9` */
  missing: string;
  /** `1-300 overflow,400-400 flood` */
  lost: string;
  /** Where one session does not say it all: `s-1 1 5 0,s-2 6 4 1`. */
  parts: string;
}

const listOf = (text: string): string[] => (text === '' ? [] : text.split(','));
const stretchIn = (text: string): Stretch => text.split('-').map(Number) as Stretch;
const stretchText = ([from, to, ...more]: Stretch | LostStretch): string => [`${from}-${to}`, ...more].join(' ');

const lostIn = (text: string): LostStretch => {
  const [stretch = '', reason] = text.split(' ');
  return [...stretchIn(stretch), reason as LossReason];
};
const partIn = (text: string): Part => {
  const [session_id = '', from, stored, refused] = text.split(' ');
  return { session_id, from: Number(from), stored: Number(stored), refused: Number(refused) };
};

export const readSequence = ({ session_id, highest, stored, refused, ...texts }: SequenceRow): PageSequence => {
  const missing = listOf(texts.missing).map(stretchIn);
  const whole = { session_id, from: 1, stored, refused: refused ?? Math.max(0, highest - stored - numbersIn(missing)) };
  return {
    highest,
    parts: texts.parts === '' ? [whole] : listOf(texts.parts).map(partIn),
    missing,
    lost: listOf(texts.lost).map(lostIn),
  };
};

export const sequenceColumns = ({ highest, parts, missing, lost }: PageSequence) => ({
  highest,
  stored: parts.reduce((sum, { stored }) => sum + stored, 0),
  refused: parts.reduce((sum, { refused }) => sum + refused, 0),
  missing: missing.map(stretchText).join(','),
  lost: lost.map(stretchText).join(','),
  parts:
    parts.length === 1 && parts[0]!.from === 1
      ? ''
      : parts.map(({ session_id, from, stored, refused }) => `${session_id} ${from} ${stored} ${refused}`).join(','),
});
