/**
 * Whether a style can be left as it is. Pure. A style is kept whole or dropped whole: half of a sheet helps nobody, and
 * whoever repairs one has to read it exactly as every browser does.
 */
import { keptAsset, type Places } from './safe-link.ts';

/** Half a pair of quotes stays, and is no URL. */
const unquoted = (text: string): string => {
  const [first = ''] = text;
  return text.length > 1 && /["']/.test(first) && text.endsWith(first) ? text.slice(1, -1) : text;
};

/** Of a sheet or of a `style` attribute: why it cannot stay; `undefined` where it can. */
export const styleProblem = (css: string, places: Places): string | undefined => {
  if (/[<\\\0]/.test(css)) return 'a style holds no escapes and no markup';
  if (/@(?!media\b|supports\b|keyframes\b)/i.test(css)) return 'of the at-rules only media, supports and keyframes';
  // Older ways to run script from a style.
  if (/expression\s*\(|-moz-binding|behaviou?r\s*:/i.test(css)) return 'a style runs nothing';
  if (/(?:image-set|image|src|element|cross-fade|attr|paint)\s*\(/i.test(css)) return 'a style loads by url() alone';
  for (const [, inside = ''] of css.matchAll(/url\s*\(([^)]*)/gi)) {
    if (keptAsset(unquoted(inside.trim()), places) === undefined)
      return 'url() leads to a host that is not one of assetHosts';
  }
  return undefined;
};
