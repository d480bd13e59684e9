/**
 * The line to the live room: fetches it once a label is known, and keeps what is asked of it until it is there, in order.
 */
import type { Live, LiveModule, LiveNeeds } from './live/live.ts';
import type { Tell } from './notice.ts';
import type { Speaker } from './speaker.ts';

const FIRST_RETRY = 2_000;
const LONGEST_RETRY = 60_000;

export interface LiveLine {
  /** The room, if it is there. */
  here(): Live | undefined;
  /** Asks it now or when it is there. */
  ask<T>(question: (live: Live) => T | Promise<T>): Promise<T>;
  /** A label is known, or another one. */
  open(fetch: () => Promise<LiveModule>, needs: () => LiveNeeds): void;
  /** The label, the user or the language may be another one: the room looks. */
  sync(): void;
}

/**
 * @param may whether the visitor may be spoken about: a room that comes after a refusal has nobody to look for
 * @param along what waits, in the name of whoever asked
 */
export const createLiveLine = (tell: Tell, may: () => boolean, along: Speaker['along']): LiveLine => {
  let live: Live | undefined;
  let latest: (() => Promise<LiveModule>) | undefined;
  let arrive: (live: Live) => void;
  const arrived = new Promise<Live>((resolve) => {
    arrive = resolve;
  });
  const sync = () => {
    if (may()) live?.sync();
  };
  return {
    here: () => live,
    // In the caller's task where it can be: what a page changes shows at once.
    ask: (question) => {
      const now = live;
      return now ? new Promise((resolve) => resolve(question(now))) : arrived.then(along(question));
    },
    open(fetch, needs) {
      const fetching = latest;
      // Another label may have another collector.
      latest = fetch;
      if (fetching) return sync();
      const attempt = (wait: number): unknown => {
        if (!may()) latest = undefined;
        return latest?.().then(
          (room) => {
            live = room.createLive(needs());
            arrive(live);
            sync();
          },
          (cause) => {
            tell('room_unavailable', 'live: tried again', cause);
            setTimeout(() => attempt(Math.min(wait * 2, LONGEST_RETRY)), wait);
          },
        );
      };
      attempt(FIRST_RETRY);
    },
    sync,
  };
};
