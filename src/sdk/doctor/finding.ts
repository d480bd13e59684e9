/**
 * One line of the doctor's table: when it applies, what is wrong, what to do. Pure: facts in, words out.
 */
import type { Facts, Finding, Verdict } from './diagnosis.ts';

export interface Line {
  verdict: Verdict;
  applies(facts: Facts): boolean;
  says(facts: Facts): string;
  todo(facts: Facts): string;
}

export const findingOf = ({ verdict, says, todo }: Line, facts: Facts): Finding => ({
  verdict,
  says: says(facts),
  todo: todo(facts),
});

/** `1 event`, `3 events`. */
export const events = (count: number): string => `${count} ${count === 1 ? 'event' : 'events'}`;
/** `1 event waits`, `3 events wait`. */
export const waits = (count: number): string => `${events(count)} wait${count === 1 ? 's' : ''}`;
/** `unknown_brand (2), too_old (1)`. */
export const listed = (counts: { [name: string]: number }): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} (${count})`)
    .join(', ');
export const sum = (counts: { [name: string]: number }): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

/** `3 h 10 min`, `40 s`. */
export const span = (seconds: number): string => {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2_880 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.round(minutes / 1_440)} days`;
};
