/**
 * A copy that is opened: it has what its stream had then, however much that is to read, and says now and then how it gets on.
 */
import type { Followed } from '../stream-follow.ts';

/** Of messages. */
export type Progress = (done: number, all: number) => void;

const TELL_EVERY_MS = 5_000;
/** As long as a timer can be. */
const HOWEVER_LONG_MS = 2 ** 31 - 1;

export const madeLevel = async (followed: Followed, end: number, progress: Progress): Promise<void> => {
  const telling = setInterval(() => progress(followed.at(), end), TELL_EVERY_MS);
  try {
    await followed.reached(end, HOWEVER_LONG_MS);
  } finally {
    clearInterval(telling);
  }
};
