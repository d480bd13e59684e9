/**
 * Progress as it is told: a bar that moves on a terminal, and elsewhere a line for every tenth.
 */
import type { Progress } from './move.ts';
import { perCent, progressBar, progressText, type Reached } from './progress-line.ts';

export interface Mouth {
  write: (text: string) => void;
  isTerminal: boolean;
  columns: () => number;
  /** Milliseconds that only grow. */
  now: () => number;
}

const EVERY_MS = 100;
/** Some terminals, a serial one or a recorder's, say that they are 0 wide. */
const USUAL_COLUMNS = 80;

export const progressTeller = ({ write, isTerminal, columns, now }: Mouth): Progress => {
  /** What was copied by an earlier try says nothing of how fast this one is. */
  let began = { what: '', done: 0, at: 0 };
  let told = { perCent: -1, at: 0 };

  const tellOnTerminal = (reached: Reached, isEnd: boolean): void => {
    if (!isEnd && now() - told.at < EVERY_MS) return;
    told = { perCent: perCent(reached), at: now() };
    write(`\r\u001b[K${progressBar(reached, columns() || USUAL_COLUMNS)}${isEnd ? '\n' : ''}`);
  };
  const tellInLines = (reached: Reached): void => {
    const tenth = perCent(reached) - (perCent(reached) % 10);
    if (tenth === told.perCent) return;
    told = { perCent: tenth, at: now() };
    write(`${progressText(reached)}\n`);
  };

  return (what, done, all) => {
    if (began.what !== what) {
      began = { what, done, at: now() };
      told = { perCent: -1, at: 0 };
    }
    if (told.perCent === 100) return;
    const reached = { what, done, all, since: { done: done - began.done, ms: now() - began.at } };
    if (isTerminal) tellOnTerminal(reached, done >= all);
    else tellInLines(reached);
  };
};
