import { expect, test } from 'vitest';
import { readOrigins } from '../../src/sdk/origins.ts';

const read = (list: unknown) => {
  const told: string[] = [];
  const origins = readOrigins(list, 'data-frames', (code, about) => void told.push(`${code}: ${about}`));
  return { origins, told };
};
const TWO = ['https://one.example', 'http://localhost:8080'];

test.each([
  ['https://one.example http://localhost:8080'],
  ['https://one.example,http://localhost:8080'],
  [' https://one.example,\n  http://localhost:8080 '],
  [TWO],
])('a page writes a list as it likes: %j', (list) => {
  expect(read(list)).toEqual({ origins: TWO, told: [] });
});

test.each([undefined, null, '', '  ', []])('nothing (%j) is nobody, and no mistake', (list) => {
  expect(read(list)).toEqual({ origins: [], told: [] });
});

test.each([
  'https://one.example/',
  'https://one.example/path',
  'https://ONE.example',
  'https://one.example:443',
  'https://*.one.example',
  'https://user@one.example',
  'one.example',
  '//one.example',
  '*',
  'null',
  'file:///c:/page.html',
  'javascript:alert(1)',
  'ws://one.example',
  'https://',
  'https://a!b.example',
  `https://${'a'.repeat(250)}.example`,
])('%s is no origin: it lets nobody in, and the developer is told which attribute to mend', (text) => {
  expect(read(['https://one.example', text]).origins).toEqual(['https://one.example'].filter((one) => one !== text));
  expect(read(text).told).toEqual([`bad_argument: data-frames: ${text} is no origin (https://host)`]);
});

test.each([5, true, {}, [null], [{}]])('what is no text (%j) lets nobody in', (list) => {
  expect(read(list).origins).toEqual([]);
});
