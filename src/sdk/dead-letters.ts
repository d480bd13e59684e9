/**
 * Events that will never be stored, the last of them, kept where a developer can look. Not a queue: nothing is sent from here.
 */
import type { DeadLetter } from './api.ts';
import { parseJson, stringify } from './json.ts';
import type { TextStore } from './platform.ts';

/** Letters of a device, and characters of each: the origin's storage belongs to the page. */
const KEPT = { letters: 20, characters: 2_000 };

export interface DeadLetters {
  bury(eid: string, text: string, code: string, message: string): void;
  read(): DeadLetter[];
}

export const createDeadLetters = (store: TextStore, key: string, now: () => number): DeadLetters => {
  const read = () => {
    const letters = parseJson(store.get(key));
    return Array.isArray(letters) ? letters : [];
  };
  return {
    read,
    bury(eid, text, code, message) {
      const letter: DeadLetter = { eid, code, message, at: now(), event: text.slice(0, KEPT.characters) };
      store.set(key, stringify([...read(), letter].slice(-KEPT.letters)));
    },
  };
};
