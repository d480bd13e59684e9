/**
 * A piece of work behind the answers: begun when it is woken, never twice at once, tried again a second after a failure.
 */
export interface Chore {
  /** Whoever wakes it while it works has it look once more; after a failure it has its pause, however often it is woken. */
  wake(): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
  /** What is under way comes to its next stop, and nothing begins any more. */
  close(): Promise<void>;
}

const RETRY_MS = 1_000;

/** @param work stops where `goesOn` says no; what it leaves undone it finds again at its next beginning */
export const createChore = (
  work: (goesOn: () => boolean) => Promise<void>,
  failed: (cause: unknown) => void,
): Chore => {
  let life: 'open' | 'closed' = 'open';
  let wanted = false;
  let running: Promise<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  const goesOn = (): boolean => life === 'open';

  const run = async (): Promise<void> => {
    try {
      while (wanted && goesOn()) {
        wanted = false;
        await work(goesOn);
      }
    } catch (cause) {
      failed(cause);
      if (goesOn()) retry = setTimeout(again, RETRY_MS);
    }
    running = undefined;
    // Woken between the last look and this line.
    if (wanted && retry === undefined) wake();
  };
  const again = (): void => {
    retry = undefined;
    wake();
  };
  const wake = (): void => {
    if (!goesOn() || retry !== undefined) return;
    wanted = true;
    running ??= run();
  };
  return {
    wake,
    async settled() {
      while (running) await running;
    },
    async close() {
      life = 'closed';
      clearTimeout(retry);
      while (running) await running;
    },
  };
};
