/**
 * How the SDK speaks to the developer of the page: a code (README says what to do about each) and what it is about.
 * Owns "once"; decides nothing.
 */
import type { SdkCode } from '../wire/codes.ts';

/** Thrown only where the published interface throws; everything else is told in the console. */
export interface SmarticoError extends Error {
  code: SdkCode;
  /** The published number, where the collector gave one. */
  errCode?: number;
}
export const smarticoError = (code: SdkCode, about: string): SmarticoError =>
  Object.assign(new Error(`${code}: ${about}`), { code });

/** Remembered of what was told: the ids and addresses that a long-lived page speaks of have no end. */
const REMEMBERED = 100;

/** Tells a code and what it is about, once per page; `cause` is logged beside it. */
export type Tell = (code: SdkCode, about: string, cause?: unknown) => undefined;

/** @param told what was told already: whoever wants to know reads it */
export const createTell = (log: (...words: unknown[]) => void, told = new Set<string>()): Tell => {
  return (code, about, cause = '') => {
    const words = `[smartico] ${code}: ${about}`;
    if (told.has(words)) return;
    log(words, cause);
    if (told.size === REMEMBERED) told.clear();
    told.add(words);
  };
};
