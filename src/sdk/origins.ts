/**
 * A list of origins as a page writes it, in an attribute or an option: each exactly as browsers write one, since it is
 * compared letter by letter. No patterns, and `null` is nobody's.
 */
import { isOrigin } from '../wire/origin.ts';
import type { Tell } from './notice.ts';

/** @param about the attribute, for whoever has to mend it */
export const readOrigins = (list: unknown, about: string, tell: Tell): string[] =>
  (Array.isArray(list) ? list : `${list ?? ''}`.split(/[\s,]+/))
    .map(String)
    .filter(Boolean)
    .filter((text) => isOrigin(text) || tell('bad_argument', `${about}: ${text} is no origin (https://host)`));
