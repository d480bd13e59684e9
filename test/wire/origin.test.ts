import { expect, test } from 'vitest';
import { isOrigin, ORIGIN_LENGTH } from '../../src/wire/origin.ts';

test.each([
  'https://Platform.Example:443/lobby?x=1#y',
  'http://localhost:3000',
  'http://127.0.0.1:8080/platform/',
  'https://[2001:DB8::1]:8443/',
  'https://straße.example',
  'https://under_score.example.',
  'http://platform.example:443',
])('the origin of %s is one', (address) => {
  expect(isOrigin(new URL(address).origin)).toBe(true);
});

test.each<[string, unknown]>([
  ['with a path', 'https://platform.example/'],
  ['in capitals', 'https://Platform.example'],
  ['with the usual port', 'https://platform.example:443'],
  ['with the usual port', 'http://platform.example:80'],
  ['with a port that there is not', 'https://platform.example:65536'],
  ['with an empty port', 'https://platform.example:'],
  ['with a user', 'https://user@platform.example'],
  ['in letters that no browser writes', 'https://straße.example'],
  ['with a line’s end', 'https://platform.example\n'],
  ['without a host', 'https://'],
  ['without a scheme', 'platform.example'],
  ['of a file', 'file://'],
  ['of another scheme', 'ftp://platform.example'],
  ['of an opaque document', 'null'],
  ['of nothing', ''],
  ['that is no text', null],
])('one %s is none: %j', (_why, text) => {
  expect(isOrigin(text)).toBe(false);
});

test('the longest host name there can be fits, and no longer one', () => {
  const ofLength = (length: number) => `http://${'a'.repeat(length - 'http://'.length)}`;
  expect([isOrigin(ofLength(ORIGIN_LENGTH)), isOrigin(ofLength(ORIGIN_LENGTH + 1))]).toEqual([true, false]);
});
