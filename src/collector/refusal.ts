/**
 * A request that is refused whole: a code of the wire's list, a sentence, and the headers that belong to it.
 * One event's problem is a verdict and never becomes one of these.
 */
import { type RequestCode, requestCodes } from '../wire/codes.ts';

export class Refusal extends Error {
  readonly code: RequestCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What else the answer says, beside code and message. */
  readonly details: object;

  constructor(code: RequestCode, message: string, headers: Record<string, string> = {}, details: object = {}) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = requestCodes[code];
    this.headers = headers;
    this.details = details;
  }
}

/** A body with mistakes: all of them in the message, and each by itself for a program. */
export const refuseMistakes = (code: RequestCode, mistakes: readonly { path: string; reason: string }[]): Refusal => {
  const told = mistakes.map(({ path, reason }) => `${path} ${reason}`.trim());
  return new Refusal(code, told.join('; '), {}, { mistakes });
};

/** Seconds to wait, spread over half as much again so that refused clients do not come back in one wave. */
export const retryAfter = (seconds: number, random: () => number): Record<string, string> => ({
  'retry-after': String(Math.ceil(Math.max(1, seconds) * (1 + random() / 2))),
});
