/**
 * The wait that a failure imposes, as the text that tabs share and a reload finds again. Pure: a text that a script of the
 * page spoilt is no wait, and the clock may have been put anywhere since it was written.
 */

/** The longest wait that a collector may ask for: a proxy that says a year would cost a device all that it captures until then. */
const DAY = 86_400_000;

export interface Patience {
  /** Nothing is sent before. */
  until: number;
  /** How many tries failed. */
  attempt: number;
  /** The collector itself asks for it, and it is not over: nothing shortens it. */
  asked: boolean;
}

export const writePatience = (from: number, delay: number, attempt: number, asked: boolean): string =>
  `${from} ${delay} ${attempt} ${+asked}`;

export const readPatience = (text: string | null, now: number): Patience => {
  const [from = 0, delay = 0, attempt = 0, asked] = (text ?? '').split(' ').map((part) => +part || 0);
  // A wait that has not begun is one of a clock that was put back since.
  const until = from > now ? 0 : from + Math.min(delay, DAY);
  return { until, attempt, asked: !!asked && until > now };
};
