/**
 * A customer's language as two letters, whatever form it came in: `EN`, `en-US`, `pt-br`.
 */

const TWO_LETTERS = /^([a-z]{2})(?:[-_].*)?$/i;

/** `undefined` for what is no language. */
export const languageOf = (text: unknown): string | undefined =>
  typeof text === 'string' ? TWO_LETTERS.exec(text.trim())?.[1]?.toLowerCase() : undefined;
