/**
 * How complete one page's count is. Every number up to the highest that it gave out is one of four: stored, refused (it came,
 * and was not stored), lost (its device says so, and why), or missing. Pure. Numbers are heard of in any order, and more
 * than once: each counts once, and one that comes after all is no longer lost.
 */
import type { LossReason } from '../../wire/event.ts';

/** Inclusive. */
export type Stretch = [from: number, to: number];
export type LostStretch = [from: number, to: number, reason: LossReason];

/** A session's part of a page: a page that stays open may live through several. */
export interface Part {
  session_id: string;
  /** The lowest number that is known to be of it. */
  from: number;
  stored: number;
  refused: number;
}

export interface PageSequence {
  highest: number;
  /** By their first numbers, which is the order in which the sessions were. */
  parts: Part[];
  /** Ascending; bounded, so a page with more gaps lists the first of them. */
  missing: Stretch[];
  lost: LostStretch[];
}

/** A page that skips at every step is an attack or a fault of ours; 100 stretches are enough to see which. */
const MOST_STRETCHES = 100;
/** A day has 48 half hours. */
const MOST_SESSIONS = 20;

export const emptySequence = (): PageSequence => ({ highest: 0, parts: [], missing: [], lost: [] });

const partOf = (page: PageSequence, session_id: string, seq: number): Part => {
  const [first] = page.parts;
  if (first?.session_id === session_id && first.from <= seq) return first;
  const known = page.parts.find((one) => one.session_id === session_id);
  if (!known && page.parts.length === MOST_SESSIONS) return page.parts.at(-1)!;
  const part = known ?? { session_id, from: seq, stored: 0, refused: 0 };
  if (!known) page.parts.push(part);
  part.from = Math.min(part.from, seq);
  page.parts.sort((a, b) => a.from - b.from);
  return part;
};

/** Takes a stretch out of others: what is left of them, and what was taken. */
const cut = <One extends [number, number, ...unknown[]]>(
  stretches: One[],
  from: number,
  to: number,
): { left: One[]; taken: One[] } => {
  const left: One[] = [];
  const taken: One[] = [];
  for (const one of stretches) {
    const [start, end, ...more] = one;
    const part = (first: number, last: number): One => [first, last, ...more] as unknown as One;
    if (end < from || start > to) left.push(one);
    else {
      if (start < from) left.push(part(start, from - 1));
      taken.push(part(Math.max(start, from), Math.min(end, to)));
      if (end > to) left.push(part(to + 1, end));
    }
  }
  return { left, taken };
};

/** The page counted to `seq` in this session, which began with `from`. */
export const reach = (page: PageSequence, session: string, seq: number, from = seq): void => {
  partOf(page, session, from);
  if (seq <= page.highest) return;
  if (page.missing.length < MOST_STRETCHES) page.missing.push([page.highest + 1, seq]);
  page.highest = seq;
};

/** `new`: nothing was known of it. A reason: it was lost until now. `undefined`: it had come before. */
type Came = 'new' | LossReason | undefined;

const come = (page: PageSequence, session: string, seq: number): Came => {
  if (seq === page.highest + 1) {
    page.highest = seq;
    return 'new';
  }
  reach(page, session, seq);
  const { left, taken } = cut(page.missing, seq, seq);
  page.missing = left.slice(0, MOST_STRETCHES);
  if (taken.length > 0) return 'new';
  const found = cut(page.lost, seq, seq);
  page.lost = found.left.slice(0, MOST_STRETCHES);
  return found.taken[0]?.[2];
};

/** The number's event is stored. Answers for which reason it had been lost. */
export const store = (page: PageSequence, session: string, seq: number): LossReason | undefined => {
  const came = come(page, session, seq);
  if (came) partOf(page, session, seq).stored++;
  return came === 'new' ? undefined : came;
};

/** The number's event came, and is not stored for it. Answers for which reason it had been lost. */
export const refuse = (page: PageSequence, session: string, seq: number): LossReason | undefined => {
  const came = come(page, session, seq);
  if (came) partOf(page, session, seq).refused++;
  return came === 'new' ? undefined : came;
};

/** The device lost these. Answers how many of them were missing until now. */
export const lose = (page: PageSequence, session: string, [from, to, reason]: LostStretch): number => {
  partOf(page, session, from);
  reach(page, session, to);
  const { left, taken } = cut(page.missing, from, to);
  if (page.lost.length + taken.length > MOST_STRETCHES) return 0;
  page.missing = left.slice(0, MOST_STRETCHES);
  for (const [start, end] of taken) {
    const last = page.lost.at(-1);
    if (last && last[1] === start - 1 && last[2] === reason) last[1] = end;
    else page.lost.push([start, end, reason]);
  }
  return numbersIn(taken);
};

export const numbersIn = (stretches: readonly [number, number, ...unknown[]][]): number =>
  stretches.reduce((sum, [from, to]) => sum + to - from + 1, 0);

export const missingNumbers = (missing: Stretch[], most: number): number[] => {
  const numbers: number[] = [];
  for (const [from, to] of missing)
    for (let seq = from; seq <= to; seq++) {
      if (numbers.length === most) return numbers;
      numbers.push(seq);
    }
  return numbers;
};

/** One session's numbers of a page. */
export interface Share extends Part {
  missing: Stretch[];
  lost: LostStretch[];
  /** Missing, and in no list. */
  unlisted: number;
}

/** Every number of the page is in one share; of what no list has, the last session answers. */
export const sharesOf = ({ parts, missing, lost, highest }: PageSequence): Share[] => {
  let known = 0;
  return parts.map((part, at) => {
    const from = at === 0 ? 1 : part.from;
    const to = (parts[at + 1]?.from ?? highest + 1) - 1;
    const share = { missing: cut(missing, from, to).taken, lost: cut(lost, from, to).taken };
    known += part.stored + part.refused + numbersIn(share.missing) + numbersIn(share.lost);
    return { ...part, ...share, unlisted: at === parts.length - 1 ? Math.max(0, highest - known) : 0 };
  });
};
