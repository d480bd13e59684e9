/**
 * The line to the live room: fetches it once a label is known, and keeps what is asked of it until it is there, in order.
 */
import type { Live, LiveModule, LiveNeeds } from './live/live.ts';
import type { Tell } from './notice.ts';

const FIRST_RETRY = 2_000;
const LONGEST_RETRY = 60_000;

export interface LiveLine {
  /** The room, if it is there. */
  here(): Live | undefined;
  /** Asks it now or when it is there. */
  ask<T>(question: (live: Live) => T | Promise<T>): Promise<T>;
  /** A label is known, or another one. */
  open(fetch: () => Promise<LiveModule>, needs: () => LiveNeeds): void;
}

export const createLiveLine = (tell: Tell): LiveLine => {
  let live: Live | undefined;
  let fetching = false;
  let arrive: (live: Live) => void;
  const arrived = new Promise<Live>((resolve) => {
    arrive = resolve;
  });
  return {
    here: () => live,
    ask: (question) => arrived.then(question),
    open(fetch, needs) {
      if (live) return live.sync();
      if (fetching) return;
      fetching = true;
      const attempt = (wait: number): unknown =>
        fetch().then(
          (room) => {
            live = room.createLive(needs());
            arrive(live);
            live.sync();
          },
          (cause) => {
            tell('room_unavailable', 'live: tried again', cause);
            setTimeout(() => attempt(Math.min(wait * 2, LONGEST_RETRY)), wait);
          },
        );
      attempt(FIRST_RETRY);
    },
  };
};
