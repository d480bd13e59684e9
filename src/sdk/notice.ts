/**
 * How the SDK speaks to the developer of the page: a code, a sentence, what to do. Owns "once"; decides nothing.
 */
import type { SdkCode } from '../wire/codes.ts';

/** Thrown only where the published interface throws; everything else is told in the console. */
export class SmarticoError extends Error {
  readonly code: SdkCode;
  constructor(code: SdkCode, message: string) {
    super(`${message} (${code})`);
    this.name = 'SmarticoError';
    this.code = code;
  }
}

/** Tells a code with its sentence. `key` makes it once per page and key; `cause` is logged beside it. */
export type Tell = (code: SdkCode, message: string, more?: { key?: string; cause?: unknown }) => void;

export const createTell = (log: (...words: unknown[]) => void): Tell => {
  const told = new Set<string>();
  return (code, message, { key, cause } = {}) => {
    if (key !== undefined) {
      if (told.has(code + key)) return;
      told.add(code + key);
    }
    const words: unknown[] = [`[smartico] ${message} (${code})`];
    if (cause !== undefined) words.push(cause);
    log(...words);
  };
};
