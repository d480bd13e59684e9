/**
 * Tells a screen reader what arrived, at most every 15 seconds: a live region that speaks at every event is a torment.
 */
import { byId } from './draw.ts';
import { countOf } from './words.ts';

const QUIET = 15_000;

export interface Announcer {
  stored(): void;
  rejected(): void;
  /** At once, for what a person just did or must know. */
  say(text: string): void;
}

export const createAnnouncer = (): Announcer => {
  const region = byId('announcements');
  let stored = 0;
  let rejected = 0;
  let waiting = false;
  const speak = (): void => {
    waiting = false;
    const parts = [stored && `${countOf(stored, 'new event')}`, rejected && `${rejected} rejected`].filter(Boolean);
    region.textContent = parts.join(', ');
    stored = 0;
    rejected = 0;
  };
  const later = (): void => {
    if (waiting) return;
    waiting = true;
    setTimeout(speak, QUIET);
  };
  return {
    stored: () => {
      stored++;
      later();
    },
    rejected: () => {
      rejected++;
      later();
    },
    say: (text) => {
      region.textContent = text;
    },
  };
};
