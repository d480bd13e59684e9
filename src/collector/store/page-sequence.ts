/**
 * How complete one page's count is: the highest number it gave out, and which numbers below never came.
 * Pure. Numbers arrive in any order, and more than once.
 */

export interface PageSequence {
  highest: number;
  /** Numbers stored. */
  stored: number;
  /** Inclusive stretches that are missing, ascending; bounded, so a page with more gaps lists the first of them. */
  missing: [from: number, to: number][];
}

/** A page that skips at every step is an attack or a fault of ours; 100 stretches are enough to see which. */
const MOST_STRETCHES = 100;

export const emptySequence = (): PageSequence => ({ highest: 0, stored: 0, missing: [] });

/** The page says that it counted to `seq`. */
export const reach = (page: PageSequence, seq: number): void => {
  if (seq <= page.highest) return;
  if (page.missing.length < MOST_STRETCHES) page.missing.push([page.highest + 1, seq]);
  page.highest = seq;
};

/** Takes `seq` from what is missing; `false` if it was not missing. */
export const arrive = (page: PageSequence, seq: number): boolean => {
  if (seq === page.highest + 1) {
    page.highest = seq;
    return true;
  }
  reach(page, seq);
  const { missing } = page;
  for (let at = missing.length - 1; at >= 0; at--) {
    const [from, to] = missing[at]!;
    if (seq < from || seq > to) continue;
    const left: PageSequence['missing'] = [];
    if (from < seq) left.push([from, seq - 1]);
    if (seq < to) left.push([seq + 1, to]);
    missing.splice(at, 1, ...left);
    return true;
  }
  return false;
};

export const store = (page: PageSequence, seq: number): void => {
  if (arrive(page, seq)) page.stored++;
};

export const missingNumbers = (missing: PageSequence['missing'], most: number): number[] => {
  const numbers: number[] = [];
  for (const [from, to] of missing)
    for (let seq = from; seq <= to; seq++) {
      if (numbers.length === most) return numbers;
      numbers.push(seq);
    }
  return numbers;
};

/** `3-5,9-9`: what a row keeps. */
export const missingText = (missing: PageSequence['missing']): string =>
  missing.map(([from, to]) => `${from}-${to}`).join(',');

export const parseMissing = (text: string): PageSequence['missing'] =>
  text === '' ? [] : text.split(',').map((one) => one.split('-').map(Number) as [number, number]);
