/**
 * What the pages of one customer were told before the customer's document came into this collector's copy. Pure counting of
 * versions: news runs ahead of the copy and may be lost or come in another order; the copy has all of it, in order, and
 * decides what a page shows last.
 */
export interface ToldAhead {
  /** A page more, which reads the copy and was told nothing yet. */
  joins(): void;
  /** News came: whether it is to be told. */
  hears(version: number): boolean;
  /** The document went out of the copy: whether that is to be told. */
  erases(): boolean;
  /**
   * A document took another one's place in the copy: whether what changed between them is to be told. `all`: what was told
   * of a version that the copy never saw may be undone by now, and only the whole document says it.
   */
  copies(from: number, to: number, isNews: boolean): 'nothing' | 'change' | 'all';
}

/** Beyond them the copy is so late that it may say everything again. */
const MOST_AHEAD = 1_000;

/** @param first the version that the copy has when the first page joins; 0 if it has none */
export const toldAhead = (first: number): ToldAhead => {
  let copied = first;
  let ahead: number[] = [];
  /** Whoever comes under this id again begins at one. */
  const erase = (): void => {
    copied = 0;
    ahead = [];
  };
  return {
    joins() {
      ahead = [];
    },
    hears(version) {
      if (version === 0) {
        erase();
        return true;
      }
      if (version <= Math.max(copied, ahead.at(-1) ?? 0)) return false;
      ahead = ahead.length < MOST_AHEAD ? [...ahead, version] : [version];
      return true;
    },
    erases() {
      const isTold = copied === 0 && ahead.length === 0;
      erase();
      return !isTold;
    },
    copies(from, to, isNews) {
      copied = to;
      const told = ahead.filter((version) => version > from && version <= to).length;
      const isLeap = to > from + 1;
      if (told === to - from || (!isNews && !isLeap)) {
        ahead = ahead.filter((version) => version > to);
        return 'nothing';
      }
      // What was told of later versions stood on something that is told only now: it is said again after it.
      ahead = [];
      return isLeap ? 'all' : 'change';
    },
  };
};
