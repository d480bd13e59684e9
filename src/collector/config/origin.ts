/**
 * An origin in the config: exactly as a browser sends it, since it is compared and never interpreted.
 */
import type { Place } from './place.ts';

/** @param words that stand for an origin here */
export const parseOrigin = (at: Place, words: string[]): string => {
  const origin = at.text();
  if (origin === '' || words.includes(origin)) return origin;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  const others = words.length ? `${words.map((word) => `"${word}"`).join(', ')} or ` : '';
  if (!url || url.origin === 'null') at.mistake(`must be ${others}an origin such as https://op.example`);
  else if (url.origin !== origin) at.mistake(`must be exactly an origin; did you mean ${url.origin}?`);
  return origin;
};
