/** The grammar of deep links under whatever an address may hold: a link or none, decoded once, and the rest of the address as it was. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { findLink, parseLink } from '../../src/sdk/deep-link.ts';
import { allowedAddress } from '../../src/sdk/live/address.ts';
import { holds } from '../support/properties.ts';

const MARK = '_smartico_dp';
const pieces = [
  ...['dp:', 'DP:', 'dp%3A', 'dp%253A', 'action', 'ACTION', 'go', 'inbox', '__proto__', 'constructor', '_x'],
  ...['action=', 'url=', 'exp=', 'sig=', 'id=', '__proto__=', '=', '==', `${MARK}=`, `&${MARK}=`, `?${MARK}=`],
  ...['&', '%26', '#', '?', '/', '//', '\\', '%5C', '%2F', '+', ' ', '%20', '\t', '\n', '%0A', '%', '%2', '%GG', '%25'],
  ...['https://', 'http://', 'javascript:', 'JaVa%0AScRiPt%3A', 'data:', 'op.example', '@evil.example', ':8080'],
  ...['\u0000', '%00', '\u202e', '%E2%80%AE', '\u200b', '\ud800', '\u2028', 'é', 'İ', '１', '\u{1f600}', 'a', '5'],
] as const;
const text = fc
  .array(fc.oneof({ weight: 9, arbitrary: fc.constantFrom<string>(...pieces) }, fc.string({ maxLength: 8 })), {
    maxLength: 14,
  })
  .map((all) => all.join(''));

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

holds('what is written is a link of a plain verb and visible words, or none', 12_000, text, (written) => {
  const link = parseLink(written);
  if (!link) return;
  expect(link.verb).toMatch(/^[a-z]\w*$/);
  expect([...link.params].flat().filter((word) => HIDDEN.test(word))).toEqual([]);
  // Written again in one way, it is the same link: nothing was decoded twice.
  const params = [...link.params].map(([key, value]) => `&${encodeURIComponent(key)}=${encodeURIComponent(value)}`);
  expect(parseLink(`dp:${link.verb}${params.join('')}`)).toEqual(link);
});

holds(
  'an address keeps all that is no link, in its order, and is found to hold no second one afterwards',
  10_000,
  fc.tuple(text, fc.constantFrom('', '?', '#', '?a=1&', '#/route?x=1&'), text),
  ([before, sign, after]) => {
    const url = `https://op.example/${before}${sign}${MARK}=${after}`;
    const found = findLink(url, MARK);
    if (!found) return;
    let at = 0;
    for (const letter of found.rest) at = url.indexOf(letter, at) + 1 || Number.NaN;
    expect(at).not.toBeNaN();
    expect(findLink(found.rest, MARK)).toBeUndefined();
  },
);

const PAGE = 'https://op.example/here';
const hosts = ['shop.op.example'];

holds('an address that a link may lead to is of the web, and of a host that may be', 6_000, text, (written) => {
  const address = allowedAddress(written, PAGE, hosts);
  if (address === undefined) return;
  const { protocol, host, hostname, username, password } = new URL(address);
  expect([username, password]).toEqual(['', '']);
  expect(['op.example', ...hosts]).toContain(host);
  expect(protocol === 'https:' || hostname === 'localhost').toBe(true);
  expect(allowedAddress(address, PAGE, hosts)).toBe(address);
});
