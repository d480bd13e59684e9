/**
 * Asks the collector, always with the admin key, and answers a value or a `Refused` that says why.
 * Knows no addresses and decides nothing about when to ask.
 */
import type { ErrorBody } from '../../wire/event.ts';
import type { Mistake } from './shapes.ts';

/** The collector's own answer when it is not a success, or `unreachable` when there was no answer. */
export class Refused extends Error {
  readonly code: string;
  /** Of what was to be sent, where that is what was wrong. */
  readonly mistakes: Mistake[];
  constructor(code: string, message: string, options: ErrorOptions & { mistakes?: Mistake[] } = {}) {
    super(message, options);
    this.code = code;
    this.mistakes = options.mistakes ?? [];
  }
}

const refusal = async (response: Response): Promise<Refused> => {
  const text = await response.text();
  try {
    const { code, message, mistakes } = JSON.parse(text) as ErrorBody & { mistakes?: Mistake[] };
    return new Refused(code, message, { mistakes: mistakes ?? [] });
  } catch (cause) {
    // A proxy in between answers with a page of its own: its status is all there is to tell.
    return new Refused(`http_${response.status}`, `The server answered ${response.status}.`, { cause });
  }
};

export type Ask = <Answer>(path: string, options?: RequestInit) => Promise<Answer>;

/** `key` is asked for at every call: a person may leave and come back with another. */
export const createAsk =
  (key: () => string): Ask =>
  async <Answer>(path: string, options: RequestInit = {}): Promise<Answer> => {
    const headers = { authorization: `Bearer ${key()}`, 'content-type': 'application/json' };
    const response = await fetch(path, { ...options, headers, cache: 'no-store' }).catch((cause: unknown) => {
      throw new Refused('unreachable', 'The collector does not answer.', { cause });
    });
    if (!response.ok) throw await refusal(response);
    return (await response.json()) as Answer;
  };

export const posted = (body: object): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });

/** Names without a value are left out. */
export const queryOf = (query: { [name: string]: string | number | null }): string => {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== '');
  return String(new URLSearchParams(given.map(([name, value]) => [name, String(value)])));
};
