/**
 * Work that is done once: whoever asks while it is under way waits for the same, and after a failure the next one begins anew.
 */
export const doneOnce = (work: () => Promise<void>): (() => Promise<void>) => {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work().catch((cause: unknown) => {
      done = undefined;
      throw cause;
    });
    return done;
  };
};
