/**
 * For whom the page does something at the moment: for itself, or for a frame, by its origin. What has to wait takes along
 * for whom it was.
 */
export interface Speaker {
  /** The frame's origin; nothing for the page itself. */
  frame(): string | undefined;
  /** Runs in the name of a frame, up to the first promise. */
  as<T>(frame: string | undefined, run: () => T): T;
  /** The same later, in the name of whoever speaks now. */
  along<Args extends unknown[], T>(run: (...args: Args) => T): (...args: Args) => T;
}

export const createSpeaker = (): Speaker => {
  let speaking: string | undefined;
  const as = <T>(frame: string | undefined, run: () => T): T => {
    const before = speaking;
    speaking = frame;
    try {
      return run();
    } finally {
      speaking = before;
    }
  };
  return {
    frame: () => speaking,
    as,
    along(run) {
      const then = speaking;
      return (...args) => as(then, () => run(...args));
    },
  };
};
