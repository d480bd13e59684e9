import { Window } from 'happy-dom';
import { expect, test } from 'vitest';
import { pageFacts } from '../../src/sdk/page-facts.ts';

const factsOf = (url: string, userAgent = 'Mozilla/5.0 (X11; Linux x86_64)') =>
  pageFacts(new Window({ url, settings: { navigator: { userAgent } } }) as never);

test('an address as its pairs: of the query, and of the hash', () => {
  const facts = factsOf('https://op.example/?a=1&b=two%20words#c=3&d');
  expect(facts.parseUrl()).toEqual({ a: '1', b: 'two words' });
  expect(facts.parseUrlHash()).toEqual({ c: '3', d: '' });
});

test('an address without either has no pairs', () => {
  expect([factsOf('https://op.example/').parseUrl(), factsOf('https://op.example/').parseUrlHash()]).toEqual([{}, {}]);
});

test('an address that is no good UTF-8 is read all the same', () => {
  expect(factsOf('https://op.example/?a=%E0%A4%A').parseUrl()).toHaveProperty('a');
});

test.each([
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148', true],
  ['Mozilla/5.0 (Linux; Android 14)', true],
  ['Mozilla/5.0 (X11; Linux x86_64)', false],
])('%s: a mobile is %s', (userAgent, mobile) => {
  expect(factsOf('https://op.example/', userAgent).isMobile()).toBe(mobile);
});
