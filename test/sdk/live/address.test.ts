import { describe, expect, test } from 'vitest';
import { allowedAddress } from '../../../src/sdk/live/address.ts';

const PAGE = 'https://op.example/lobby?a=1';
const HOSTS = ['shop.op.example', 'pay.example:8443'];
const allowed = (text: string, page = PAGE) => allowedAddress(text, page, HOSTS);

describe('a link may lead', () => {
  test.each([
    ['/slots', 'https://op.example/slots'],
    ['/slots?x=%20#h', 'https://op.example/slots?x=%20#h'],
    ['https://op.example/x', 'https://op.example/x'],
    ['HTTPS://OP.EXAMPLE/x', 'https://op.example/x'],
    ['https://shop.op.example/a?b=c', 'https://shop.op.example/a?b=c'],
    ['https://pay.example:8443/', 'https://pay.example:8443/'],
    ['//shop.op.example/x', 'https://shop.op.example/x'],
    ['https:evil.example', 'https://op.example/evil.example'],
    ['https://op.example/ä?ß=漢', 'https://op.example/%C3%A4?%C3%9F=%E6%BC%A2'],
  ])('to the page’s own host and to those of the label: %s', (text, address) => {
    expect(allowed(text)).toBe(address);
  });

  test('on somebody’s own machine over http, to itself and to what the label lists', () => {
    const hosts = ['localhost:3000'];
    const from = (page: string, text: string) => allowedAddress(text, page, hosts);
    expect(from('http://localhost:8080/', '/x')).toBe('http://localhost:8080/x');
    expect(from('http://localhost:8080/', 'http://localhost:3000/x')).toBe('http://localhost:3000/x');
    expect(from('http://localhost:8080/', 'http://localhost:9999/x')).toBeUndefined();
  });

  test('to the page’s own host over http where the page itself is on http', () => {
    expect(allowed('/x', 'http://op.example/')).toBe('http://op.example/x');
    expect(allowed('http://op.example/x')).toBeUndefined();
  });
});

describe('a link may not lead', () => {
  test.each([
    'https://evil.example/',
    'https://op.example.evil.example/',
    'https://evil.example/https://op.example/',
    'https://xop.example/',
    'https://sub.op.example/',
    'https://sub.shop.op.example/',
    'https://pay.example/',
    'https://shop.op.example:444/',
    'http://shop.op.example/',
    '//evil.example/x',
    '///evil.example/x',
    'https:///evil.example',
    'https://evil.example#op.example',
    'https://evil.example?op.example',
    'https://evil.example/@op.example',
    'https://ор.example/',
    'https://op。evil.example/',
    'https://0x7f.1/',
    'https://2130706433/',
  ])('to a host that nobody listed: %s', (text) => {
    expect(allowed(text)).toBeUndefined();
  });

  test.each([
    'https://op.example@evil.example',
    'https://op.example:x@evil.example',
    'https://user@op.example/',
    'https://user:word@shop.op.example/',
    'https://:word@op.example/',
  ])('with a name before the host: %s', (text) => {
    expect(allowed(text)).toBeUndefined();
  });

  test.each([
    '/\\evil.example',
    '\\\\evil.example',
    'https:\\\\evil.example',
    '/\\/evil.example',
    'https://op.example\\x',
  ])('through a backslash: %s', (text) => {
    expect(allowed(text)).toBeUndefined();
  });

  test.each(['', 'https://', 'http://[', 'https://%', 'https://op.example:99999/', 'https://a b/'])(
    'where it is no address: %j',
    (text) => {
      expect(allowed(text) === undefined || allowed(text) === PAGE).toBe(true);
    },
  );
});

/** The schemes that run, read or show something else than a page, each in every disguise that browsers have seen through. */
const SCHEMES = [
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'blob:https://op.example/x',
  'file:///etc/passwd',
  'view-source:https://op.example/',
  'filesystem:https://op.example/x',
  'intent://x#Intent;scheme=https;end',
  'ftp://op.example/x',
  'ws://op.example/',
  'about:blank',
  'jar:https://op.example!/x',
  'mailto:a@op.example',
  'tel:1',
];
const disguises = (text: string): [string, string][] => {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, colon);
  const rest = text.slice(colon);
  const inside = (letters: string) => scheme.slice(0, 2) + letters + scheme.slice(2) + rest;
  return [
    ['as it is', text],
    ['in capitals', scheme.toUpperCase() + rest],
    ['in mixed case', [...scheme].map((letter, at) => (at % 2 ? letter : letter.toUpperCase())).join('') + rest],
    ['after a space', ` ${text}`],
    ['after spaces and a tab', ` \t ${text}`],
    ['after a newline', `\n${text}`],
    ['after a NUL', `\0${text}`],
    ['after control characters', `\u0001\u001f${text}`],
    ['after a zero-width space', `\u200b${text}`],
    ['after a byte order mark', `\ufeff${text}`],
    ['after a no-break space', `\u00a0${text}`],
    ['with a tab inside', inside('\t')],
    ['with a newline inside', inside('\n')],
    ['with a carriage return inside', inside('\r\n')],
    ['with a NUL inside', inside('\0')],
    ['with a soft hyphen inside', inside('\u00ad')],
    ['with a right-to-left mark inside', inside('\u202e')],
    ['with a tab before the colon', `${scheme}\t${rest}`],
    ['with a newline after the colon', `${scheme}:\n${rest.slice(1)}`],
    ['with the slashes of a host', `${scheme}://op.example/%0a${rest.slice(1)}`],
    ['with a comment for a host', `${scheme}://op.example:443/%0aalert(1)`],
    ['with a line separator', `${scheme}:\u2028${rest.slice(1)}`],
  ];
};
const attacks = SCHEMES.flatMap(disguises);

describe(`another scheme, in ${attacks.length} disguises`, () => {
  test('there are more than 200', () => expect(attacks.length).toBeGreaterThan(200));

  test.each(attacks)('%s: %j leads nowhere else than into the page’s own site', (_how, text) => {
    const address = allowed(text);
    // What is no scheme to a browser is a path of the page's own.
    expect(address === undefined || address.startsWith('https://op.example/')).toBe(true);
  });

  test.each(SCHEMES)('%s itself leads nowhere', (text) => {
    for (const [, disguise] of disguises(text).slice(0, 3)) expect(allowed(disguise)).toBeUndefined();
  });

  test.each(SCHEMES)('%s leads nowhere from a page on somebody’s own machine either', (text) => {
    for (const [, disguise] of disguises(text))
      expect(`${allowed(disguise, 'http://localhost:8080/')}`).toMatch(/^(undefined$|http:\/\/localhost:8080\/)/);
  });
});
