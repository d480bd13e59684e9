import { describe, expect, test } from 'vitest';
import { findLink, parseLink } from '../../src/sdk/deep-link.ts';

const read = (text: string) => {
  const link = parseLink(text);
  return link && [link.verb, Object.fromEntries(link.params)];
};
const found = (url: string) => findLink(url, '_smartico_dp');
const AT = 'https://op.example/';

describe('a link reads', () => {
  test.each<[string, string, object]>([
    ['dp:action&action=X', 'action', { action: 'X' }],
    ['action&action=X', 'action', { action: 'X' }],
    ['DP:Action&ACTION=X', 'action', { action: 'X' }],
    ['dp%3Aaction%26action%3DX', 'action', { action: 'X' }],
    ['dp:action&action=a%26b', 'action', { action: 'a&b' }],
    ['dp:action&action=a=b', 'action', { action: 'a=b' }],
    ['dp:action&action=two+words', 'action', { action: 'two words' }],
    ['dp:action&action=%2541', 'action', { action: '%41' }],
    ['dp:action&action=漢字%C3%A9', 'action', { action: '漢字é' }],
    ['dp:inbox', 'inbox', {}],
    [' dp:inbox \n', 'inbox', {}],
    ['dp:gf&silent', 'gf', { silent: 'true' }],
    ['dp:action&exp=5&sig=a-_b', 'action', { exp: '5', sig: 'a-_b' }],
    ['https://op.example/x?a=1&b=50%#h', 'go', { url: 'https://op.example/x?a=1&b=50%#h' }],
    ['dp:HTTP://op.example/', 'go', { url: 'HTTP://op.example/' }],
    ['https%3A%2F%2Fop.example%2Fx', 'go', { url: 'https://op.example/x' }],
    ['/deposit?from=a&b', 'go', { url: '/deposit?from=a&b' }],
    [' dp:/deposit', 'go', { url: '/deposit' }],
    ['dp:go&url=/deposit&target=_blank', 'go', { url: '/deposit', target: '_blank' }],
  ])('A6 grammar: %s', (text, verb, params) => {
    expect(read(text)).toEqual([verb, params]);
  });

  test.each([
    ['nothing', ''],
    ['no verb', 'dp:'],
    ['a verb encoded twice', 'dp%253Aaction&action=x'],
    ['a broken escape', 'dp:action&action=%E0%A4%A'],
    ['a null', 'dp:action&action=%00x'],
    ['a line end', 'dp:action&action=a%0Ab'],
    ['a direction mark', 'dp:action&action=x%E2%80%AE'],
    ['a space without width', 'dp:action&action=x%E2%80%8B'],
    ['half a character', 'dp:action&action=\ud800'],
    ['a hidden character in a name', 'dp:action&ac%00tion=x'],
    ['`__proto__`', 'dp:__proto__'],
    ['a script’s address', 'javascript:alert(1)'],
    ['an address with a hidden character', 'https://op.example/\u202ex'],
    ['a script', '<script>'],
  ])('%s: no link', (_name, text) => {
    expect(parseLink(text)).toBeUndefined();
  });

  test('a parameter called `__proto__` is a parameter', () => {
    expect(parseLink('dp:action&__proto__=x')?.params.get('__proto__')).toBe('x');
  });
});

describe('a link is cut out of an address, and the rest stays byte for byte', () => {
  const LINK = '_smartico_dp=dp:action&action=x';
  test.each([
    ['#_smartico_dp=dp:action&action=x', ''],
    ['#/route?x=1&_smartico_dp=dp:action&action=x', '#/route?x=1'],
    ['?_smartico_dp=dp:action&action=x', ''],
    ['?_smartico_dp=dp:action&action=x&utm_source=mail', '?utm_source=mail'],
    ['?a=%7E&_smartico_dp=dp:action&utm_source=m%20l&action=mine#h%41', '?a=%7E&utm_source=m%20l&action=mine#h%41'],
    ['?a=1&&b&_smartico_dp=dp:action&action=x&exp=1&sig=s&c=%', '?a=1&&b&c=%'],
    ['?x=1#_smartico_dp=dp:action&action=x&utm=1', '?x=1'],
    ['index.html?b=2&a=1&_smartico_dp=dp%3Aaction%26action%3Dx', 'index.html?b=2&a=1'],
  ])('%s', (address, rest) => {
    expect(found(AT + address)?.rest).toBe(AT + rest);
  });

  test.each([
    [`?${LINK}&utm=1`, 'dp:action&action=x'],
    [`#${LINK}&utm=1`, 'dp:action&action=x&utm=1'],
    ['#_smartico_dp=dp%3Aaction&action=x', 'dp%3Aaction&action=x'],
  ])('A6 where links come from: %s, as it was written', (address, text) => {
    expect(found(AT + address)?.text).toBe(text);
  });

  test.each(['', '?a=1#b', '?x_smartico_dp=dp:action', '#x_smartico_dp=y', '?_smartico_dpx=1', 'p/_smartico_dp=x'])(
    '%s: nothing to cut',
    (address) => {
      expect(found(AT + address)).toBeUndefined();
    },
  );

  test.each([
    `?${LINK}#${LINK}`,
    `#_smartico_dp=dp:gf&${LINK}`,
    `?_smartico_dp=dp:gf&${LINK}`,
    `?_smartico_dp=dp:gf&utm=1&${LINK}&b=2`,
  ])('%s: two links are both cut, and neither is to be trusted', (address) => {
    const { text = '', rest = '' } = found(AT + address) ?? {};
    expect([text.includes('_smartico_dp='), rest.includes('_smartico_dp=')]).toEqual([true, false]);
  });

  test('an address of a megabyte is read without delay to anybody', () => {
    const long = `${AT}?${'a=1&action=2&'.repeat(80_000)}#${LINK}`;
    expect(found(long)?.rest).toBe(long.slice(0, -LINK.length - 1));
  });
});
