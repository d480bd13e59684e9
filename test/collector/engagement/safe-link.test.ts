/** Which links may be sent to a page: a table. */
import { describe, expect, test } from 'vitest';
import { imageProblem, keptAsset, keptLink, linkProblem } from '../../../src/collector/engagement/safe-link.ts';
import hostile from '../../fixtures/hostile-html.json' with { type: 'json' };

test.each([
  'https://op.example/promo?a=1#b',
  'https://[2001:db8::1]:8443/x',
  'http://localhost:8080/x',
  'http://127.0.0.1/x',
  'http://[::1]:1/',
  '/deposit.html?from=inbox#top',
  '/',
  'dp:inbox',
  'DP:gf_missions&id=12',
  'dp:action&action=X%20Y',
  'dp:go&url=https%3A%2F%2Fop.example%2F',
  'dp:/deposit',
  'dp:https://op.example/',
  'dp:gf_section&liquidParams={"mission_id":1}',
])('%s may be sent', (link) => expect(linkProblem(link)).toBeUndefined());

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'java\tscript:alert(1)',
  '\u0001javascript:alert(1)',
  'java\u200bscript:alert(1)',
  '\u202ehttps://op.example/',
  'data:text/html,x',
  'vbscript:x',
  'blob:https://op.example/1',
  'file:///etc/passwd',
  'intent://x#Intent;end',
  'about:blank',
  'http://op.example/',
  'https://user:secret@op.example/',
  'https://user@op.example/',
  'https:op.example',
  'https:///op.example',
  'https://',
  '//op.example/',
  '/\\op.example/',
  '\\\\op.example',
  '/a b',
  'promo',
  '?x=1',
  '#x',
  'dp:',
  'dp:javascript:alert(1)',
  'dp: inbox',
  'dp:go&url=javascript:alert(1)',
  'dp:go&url=javascript%3Aalert(1)',
  'dp:go&URL=%6Aavascript:alert(1)',
  'dp:go&url=//op.example/',
  'dp:go&url=%0Ajavascript:alert(1)',
  'dp://op.example/',
  'dp:action&action=%00',
  'dp:action&action=%E0%A4%A',
  `/${'x'.repeat(2048)}`,
])('%j may not', (link) => expect(linkProblem(link)).toEqual(expect.any(String)));

test('a picture is not a deep link', () => {
  expect(imageProblem('https://cdn.op.example/a.png')).toBeUndefined();
  expect(imageProblem('dp:inbox')).toEqual(expect.any(String));
});

describe('in HTML', () => {
  const places = {
    own: new Set(['http://127.0.0.1:8080']),
    linkHosts: ['op.example', 'op.example:8443'],
    assetOrigins: ['https://cdn.op.example'],
  };

  test('a link leads to a listed host by https, exactly, or to the collector', () => {
    expect(keptLink('https://op.example/x', places)).toBe('https://op.example/x');
    expect(keptLink('HTTPS://OP.EXAMPLE:8443/x', places)).toBe('https://op.example:8443/x');
    expect(keptLink('http://127.0.0.1:8080/x', places)).toBe('http://127.0.0.1:8080/x');
    for (const link of [
      'http://op.example/',
      'https://sub.op.example/',
      'https://op.example:444/',
      '/x',
      'http://127.0.0.1:8081/',
      'dp:inbox',
    ])
      expect([link, keptLink(link, places)]).toEqual([link, undefined]);
  });

  test('a picture comes from a listed origin, exactly, or from the collector', () => {
    expect(keptAsset('https://cdn.op.example/a.png', places)).toBe('https://cdn.op.example/a.png');
    expect(keptAsset('http://127.0.0.1:8080/a.png', places)).toBe('http://127.0.0.1:8080/a.png');
    for (const link of ['https://op.example/a.png', 'http://cdn.op.example/a.png', 'data:image/png;base64,AA'])
      expect([link, keptAsset(link, places)]).toEqual([link, undefined]);
  });
});

test('no link of the hostile HTML could be a button either, unless it is plain https or our own grammar', () => {
  const links = hostile['a link'].flatMap((html) => /href="([^"]*)"/.exec(html)?.[1] ?? []);
  expect(links.length).toBeGreaterThan(40);
  const good = links.filter((link) => linkProblem(link) === undefined);
  expect(good.filter((link) => !/^(https:\/\/|dp:action)/i.test(link) || link.includes('\\'))).toEqual([]);
});
