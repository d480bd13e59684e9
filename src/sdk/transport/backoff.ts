/**
 * When to try again. Pure: attempts and a random number in, milliseconds out.
 * Full jitter, so that ten thousand pages that lost the collector together do not come back together.
 */

const FIRST = 1_000;
const LONGEST = 30_000;

/**
 * @param attempt how many tries failed, from 1; `chance` from 0 up to 1; `asked` what the collector itself asks for, if it
 *   does: it asks all of them for the same, so chance comes on top, the more the longer they all wait
 */
export const backoff = (attempt: number, chance: number, asked = Number.NaN): number =>
  (asked || 0) + chance * Math.min(LONGEST, Math.max(FIRST, asked || 0) * 2 ** (attempt - 1));

/** Milliseconds that a `Retry-After` header asks for (seconds or an HTTP date), or `NaN` if it says neither. */
export const retryAfter = (header: string | null, now: number): number =>
  header ? (+header >= 0 ? +header * 1000 : Math.max(0, Date.parse(header) - now)) : Number.NaN;
