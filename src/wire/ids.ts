/**
 * Ids that both sides read. Owns their form; the randomness comes as an argument.
 */

const ID = /^[A-Za-z0-9._:-]{8,64}$/;

export const isEventId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);

/**
 * Makes event ids whose text order is call order: a millisecond clock that never goes back, a counter inside the
 * millisecond, then the randomness of whoever makes them. Ordered ids halve the cost of the collector's unique index, and
 * are the queue's key. One random part for a whole page costs nothing an event (`getRandomValues` was a third of a capture)
 * and compresses away on the wire.
 *
 * @param now milliseconds since the epoch
 * @param random 12 or more characters of `[A-Za-z0-9_-]`, no other page's
 * @param before ids that the page had before, perhaps in this very millisecond
 */
export const eventIds = (now: () => number, random: string, before = 0): (() => string) => {
  let clock = before ? now() : 0;
  let count = before;
  return () => {
    const time = now();
    if (time > clock) {
      clock = time;
      count = 0;
    } else count++;
    return `${clock.toString(36).padStart(8, '0')}${count.toString(36).padStart(3, '0')}-${random}`;
  };
};
