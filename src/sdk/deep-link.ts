/**
 * Deep links as text: what one says, and how it is cut out of a URL. Pure; `links.ts` decides when one runs.
 * A URL is written by anybody (e-mail, chat, an attacker), so anything that is not exactly the grammar is dropped.
 */

export interface DeepLink {
  /** Lower case, e.g. `action`. */
  verb: string;
  params: Map<string, string>;
}

export interface Found {
  /** The link as written; with a second mark in it where the address holds more than one. */
  text: string;
  /** The URL without the link; the rest is byte for byte what it was. */
  rest: string;
}

// Control, format (zero-width, bidi) and line-separating characters, and half surrogates: never part of a name, often of an attack.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

// A web address or a path of the page, with or without the prefix.
const ADDRESS = /^\s*(?:dp:)?((?:https?:\/)?\/.*)/i;

/**
 * `dp:action&action=X`, the prefix optional; a URL or a path is the verb `go`; in a URL the whole may be encoded as well (`dp%3Aaction%26action%3DX`). Each
 * byte is decoded exactly once: a verb that was encoded twice is none, a value stays what it was. `undefined`: not a link.
 */
export const parseLink = (written: string): DeepLink | undefined => {
  const text = written.trim();
  let pieces: string[];
  try {
    const [, url] = ADDRESS.exec(text) ?? ADDRESS.exec(decodeURIComponent(text)) ?? [];
    if (url) return HIDDEN.test(url) ? undefined : { verb: 'go', params: new Map([['url', url]]) };
    pieces = text.split('&').map((piece) => decodeURIComponent(piece.replace(/\+/g, ' ')));
  } catch {
    return undefined; // a broken percent escape
  }
  const [prefixed = '', ...params] = [...(pieces.shift() as string).split('&'), ...pieces];
  const verb = prefixed.replace(/^\s*dp:/i, '').toLowerCase();
  if (!/^[a-z]\w*$/.test(verb) || HIDDEN.test(prefixed + params)) return undefined;
  return {
    verb,
    params: new Map(
      params.map((piece) => {
        const [, key = piece, value = 'true'] = /^([^=]*)=(.*)$/.exec(piece) ?? [];
        return [key.toLowerCase(), value];
      }),
    ),
  };
};

/** Looks for a link in the hash and in the query of a URL. In the hash it runs to the end; in the query it takes its own parameters. */
export const findLink = (url: string, parameter: string): Found | undefined => {
  const [, path = '', query = '', hash = ''] = /^([^?#]*)([^#]*)(.*)/.exec(url) ?? [];
  const texts: string[] = [];
  const cut = (part: string, own: string) =>
    part.replace(new RegExp(`([?#&])${parameter}=(${own})(&?)`, 'g'), (_, sign: string, text: string, more: string) => {
      texts.push(text);
      return more && sign;
    });
  const rest = path + cut(query, `[^&]*(?:&(?:${parameter}|action|exp|sig|id|url)=[^&]*)*`) + cut(hash, '.*');
  return texts.length ? { text: texts.join(`&${parameter}=`), rest } : undefined;
};
