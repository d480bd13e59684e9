/**
 * Which links the collector sends to a page, and which it lets stand in HTML. Pure. A link that is not plainly one of the
 * few good kinds is refused with the rule that it broke: nobody repairs a disguise.
 */
import { ADDRESS_LENGTH } from '../../wire/limits.ts';

/** `undefined`: the link is good. */
export type LinkProblem = string | undefined;

/** Control, format (zero-width, bidi) and separating characters, and half surrogates. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const VERB = /^[a-z]\w*$/i;
const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

const addressProblem = (text: string): LinkProblem => {
  // Browsers take a backslash for a slash, and drop tabs and spaces around: what they would repair, we refuse.
  if (/[\s\\]/.test(text)) return 'an address holds no spaces and no backslashes';
  if (text.startsWith('/')) return text.startsWith('//') ? 'a path begins with one slash' : undefined;
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return 'must be an https URL, a path or a dp: link';
  const { protocol, username, password, hostname } = new URL(text);
  if (username !== '' || password !== '') return 'a URL holds no user name and no password';
  if (protocol === 'http:' && !THIS_MACHINE.has(hostname)) return 'http is for localhost; use https';
  return undefined;
};

const textProblem = (text: string): LinkProblem => {
  if (text.length > ADDRESS_LENGTH) return `is longer than ${ADDRESS_LENGTH} characters`;
  return HIDDEN.test(text) ? 'holds a control or an invisible character' : undefined;
};

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined; // a broken percent escape: no page could read it
  }
};

/** `dp:verb&name=value`; what `dp:go` opens is an address like any other. */
const deepLinkProblem = (text: string): LinkProblem => {
  const body = text.slice('dp:'.length);
  if (/^(?:\/|https?:)/i.test(body)) return addressProblem(body);
  const [verb = '', ...params] = body.split('&');
  if (!VERB.test(verb)) return 'after dp: comes a name of letters, digits and underscores';
  for (const param of params) {
    const value = decoded(param);
    if (value === undefined) return 'a percent escape is broken';
    if (HIDDEN.test(value)) return 'an escape hides a control or an invisible character';
    const [, url] = /^url=(.*)$/i.exec(value) ?? [];
    const problem = url === undefined ? undefined : addressProblem(url);
    if (problem) return `url: ${problem}`;
  }
  return undefined;
};

/** Of a button or an action: https, http on this machine, a path of the page, or a deep link. */
export const linkProblem = (text: string): LinkProblem =>
  textProblem(text) ?? (/^dp:/i.test(text) ? deepLinkProblem(text) : addressProblem(text));

/** Of a picture: an address, since nothing can be drawn from a deep link. */
export const imageProblem = (text: string): LinkProblem => textProblem(text) ?? addressProblem(text);

/** Where HTML may lead and load from, as origins and hosts, exactly. */
export interface Places {
  /** The collector's own origins. */
  own: ReadonlySet<string>;
  /** Hosts that links may lead to. */
  linkHosts: readonly string[];
  /** Origins that pictures may come from. */
  assetOrigins: readonly string[];
}

/** An absolute URL as browsers will read it, or nothing: HTML has no page of ours for a relative one to stand on. */
const absolute = (text: string): URL | undefined =>
  textProblem(text) === undefined && /^https?:/i.test(text) && addressProblem(text) === undefined
    ? new URL(text)
    : undefined;

/** The URL to keep in `a[href]`. */
export const keptLink = (text: string, { own, linkHosts }: Places): string | undefined => {
  const url = absolute(text);
  return url && (own.has(url.origin) || (url.protocol === 'https:' && linkHosts.includes(url.host)))
    ? url.href
    : undefined;
};

/** The URL to keep in `img[src]` and in `url(...)` of a style. */
export const keptAsset = (text: string, { own, assetOrigins }: Places): string | undefined => {
  const url = absolute(text);
  return url && (own.has(url.origin) || assetOrigins.includes(url.origin)) ? url.href : undefined;
};

const isAbsolute = (text: string): boolean => /^https?:/i.test(text);

/** Of a picture that a page loads by itself: no other host learns that somebody looks. */
export const pictureProblem = (text: string, places: Places): LinkProblem =>
  imageProblem(text) ??
  (isAbsolute(text) && keptAsset(text, places) === undefined
    ? "comes from no origin of the label's assetHosts"
    : undefined);

/** Of what is opened where no page is that would look at it first. */
export const openedProblem = (text: string, places: Places): LinkProblem =>
  linkProblem(text) ??
  (isAbsolute(text) && keptLink(text, places) === undefined
    ? "leads to no https host of the label's linkHosts"
    : undefined);
