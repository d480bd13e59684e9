/**
 * What becomes of one try to send a message: the three answers that every way out gives.
 */

export type Sending =
  | { is: 'sent'; why: string }
  /** `after`: milliseconds that the other side asked for. */
  | { is: 'again'; why: string; after?: number }
  | { is: 'never'; status: 'failed' | 'no_address'; why: string };

export const sent = (why: string): Sending => ({ is: 'sent', why });
export const again = (why: string, after?: number): Sending =>
  after === undefined ? { is: 'again', why } : { is: 'again', why, after };
export const failed = (why: string): Sending => ({ is: 'never', status: 'failed', why });
export const noAddress = (why: string): Sending => ({ is: 'never', status: 'no_address', why });
