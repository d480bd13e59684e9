/**
 * Deep links as text: what one says, and how it is cut out of a URL. Pure; `links.ts` decides when one runs.
 * A URL is written by anybody (e-mail, chat, an attacker), so anything that is not exactly the grammar is dropped.
 */

export interface DeepLink {
  /** Lower case, e.g. `action`. */
  verb: string;
  params: Map<string, string>;
}
export type LinkRead = { ok: true; link: DeepLink } | { ok: false; why: string };

/** What a URL held: the link's text as pieces, and the URL without it. */
export interface Found {
  read: LinkRead;
  /** The link as written, for "once per link and page". */
  text: string;
  /** The URL without the link; the rest is byte for byte what it was. */
  rest: string;
}

/** Parameters that belong to a link in the query; others (`utm_source`) stay where they are. */
const OWN = new Set(
  'action exp sig id opt_in category hide_main type section liquidparams standalone url target'.split(' '),
);

// Control, format (zero-width, bidi) and line-separating characters, and half surrogates: never part of a name, often of an attack.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return null; // a broken percent escape: the caller drops the link and says so
  }
};

/** `verb` and `key=value` pieces, decoded already. */
const fromPieces = (pieces: string[]): LinkRead => {
  if (pieces.some((piece) => HIDDEN.test(piece))) return { ok: false, why: 'it holds control or format characters' };
  const verb = (pieces[0] ?? '').trim().replace(/^dp:/i, '').toLowerCase();
  if (!/^[a-z][a-z0-9_]*$/.test(verb)) return { ok: false, why: 'its verb is not a name' };
  const params = new Map<string, string>();
  for (const piece of pieces.slice(1)) {
    const [key = '', ...value] = piece.split('=');
    params.set(key.toLowerCase(), value.length ? value.join('=') : 'true');
  }
  if (verb === 'action' && !params.get('action')?.trim()) return { ok: false, why: 'it names no action' };
  return { ok: true, link: { verb, params } };
};

const decodeAll = (pieces: string[]): LinkRead => {
  const decoded = pieces.map(decode);
  return decoded.includes(null) ? { ok: false, why: 'its escapes are broken' } : fromPieces(decoded as string[]);
};

/** A link given as text: `dp:action&action=X`, the prefix optional. Values are decoded once. */
export const parseLink = (text: string): LinkRead => decodeAll(text.split('&'));

/**
 * The same out of a URL, where the whole may have been encoded as well (`dp%3Aaction%26action%3DX`): each byte is decoded
 * exactly once, so a double encoding stays what it is, and is dropped.
 */
const parseUrlLink = (raw: string): LinkRead => {
  const [first = '', ...others] = raw.split('&');
  const head = decode(first);
  const tail = others.map(decode);
  if (head === null || tail.includes(null)) return { ok: false, why: 'its escapes are broken' };
  return fromPieces([...head.split('&'), ...(tail as string[])]);
};

/** Looks for a link in the hash and in the query of a URL. */
export const findLink = (url: string, parameter: string): Found | undefined => {
  const cut = url.indexOf('#');
  const hash = cut < 0 ? '' : url.slice(cut + 1);
  const base = cut < 0 ? url : url.slice(0, cut);
  const ask = base.indexOf('?');
  const query = ask < 0 ? '' : base.slice(ask + 1);
  const at = new RegExp(`(^|[?&])${parameter}=`, 'g');
  const inHash = [...hash.matchAll(at)];
  const inQuery = [...query.matchAll(at)];
  const count = inHash.length + inQuery.length;
  if (count === 0) return undefined;

  const path = ask < 0 ? base : base.slice(0, ask);
  const join = (search: string, fragment: string) => path + (search && `?${search}`) + (fragment && `#${fragment}`);
  const start = (match: RegExpExecArray) => match.index + match[0].length;

  // In the hash the link runs to the end; in the query it takes its own parameters.
  const before = inHash[0] ? hash.slice(0, inHash[0].index) : hash;
  const mine: string[] = [];
  let search = query;
  if (inQuery[0]) {
    const [value = '', ...others] = query.slice(start(inQuery[0])).split('&');
    const stay = query.slice(0, inQuery[0].index).split('&').filter(Boolean);
    mine.push(value);
    for (const piece of others) {
      const key = piece.split('=')[0] ?? '';
      if (key === parameter) continue;
      if (OWN.has(key.toLowerCase())) mine.push(piece);
      else stay.push(piece);
    }
    search = stay.join('&');
  }
  const raw = inHash[0] ? hash.slice(start(inHash[0])) : mine.join('&');
  return {
    read: count > 1 ? { ok: false, why: 'the address holds more than one' } : parseUrlLink(raw),
    text: raw,
    rest: join(search, before),
  };
};
