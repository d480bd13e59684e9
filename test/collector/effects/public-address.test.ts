/** Which addresses the collector never calls, in whatever disguise they come. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  callProblem,
  isPublicAddress,
  publicLookup,
  type Resolve,
} from '../../../src/collector/effects/public-address.ts';
import { webhookProblem } from '../../../src/collector/effects/webhook.ts';
import { root } from '../../support/source-map.ts';

test.each(
  '127.0.0.1 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 ::1 :: ::ffff:127.0.0.1 ::ffff:7f00:1 ::127.0.0.1 fe80::1 fd00::1 fc00::1 ff02::1 64:ff9b::7f00:1 2002:7f00:1:: not-an-address'.split(
    ' ',
  ),
)('%s is inside', (address) => expect(isPublicAddress(address)).toBe(false));

test.each('1.1.1.1 8.8.8.8 172.32.0.1 100.128.0.1 2606:4700::1111 2a00:1450::1'.split(' '))(
  '%s is outside',
  (address) => expect(isPublicAddress(address)).toBe(true),
);

describe('I46, I47: a webhook is refused when it is written down', () => {
  const hostile = JSON.parse(readFileSync(`${root}/test/fixtures/bad-inputs.json`, 'utf8')) as {
    id: string;
    input: string;
  }[];
  const urlsOf = (id: string): string[] => hostile.find((one) => one.id === id)!.input.match(/https?:\S+/g)!;
  const disguises = ['I46', 'I47'].flatMap(urlsOf);

  test('the list of disguises is read', () => expect(disguises).toHaveLength(6));
  test.each(disguises)('%s is not https', (url) => expect(webhookProblem(url)).toBe('must be an https URL'));
  test.each(disguises.map((url) => url.replace('http:', 'https:')))('%s is inside, also over https', (url) =>
    expect(webhookProblem(url)).toBe('leads into a private network'),
  );

  test.each([
    ['https://localhost/x', 'leads into a private network'],
    ['https://LOCALHOST./x', 'leads into a private network'],
    ['https://intranet/x', 'leads into a private network'],
    ['https://printer.local/x', 'leads into a private network'],
    ['https://metadata.google.internal/x', 'leads into a private network'],
    ['https://127.0.0.1./x', 'leads into a private network'],
    ['https://user@hooks.example/x', 'must hold no user name and no password'],
    ['https://:pass@hooks.example/x', 'must hold no user name and no password'],
    ['ftp://hooks.example/x', 'must be an https URL'],
    ['file:///etc/passwd', 'must be an https URL'],
    ['//hooks.example/x', 'is no URL'],
    ['', 'is no URL'],
  ])('%s %s', (url, why) => expect(webhookProblem(url)).toBe(why));

  test.each([
    'https://hooks.example/x?y=1',
    'https://hooks.example:8443/',
    'https://1.1.1.1/',
    'https://[2606:4700::1111]/',
  ])('%s may be called', (url) => expect(webhookProblem(url)).toBeUndefined());
});

test('plain http is for an address that is allowed by name, and for no other', () => {
  const allowed = new Set(['127.0.0.1']);
  expect(callProblem('http://127.0.0.1:1234/', allowed)).toBeUndefined();
  expect(callProblem('http://127.0.0.2:1234/', allowed)).toBe('must be an https URL');
  expect(callProblem('https://127.0.0.2:1234/', allowed)).toBe('leads into a private network');
});

describe('a name', () => {
  const resolving = (...addresses: string[]): Resolve => {
    const found = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    return (_, __, done) => done(null, found);
  };
  const looked = (resolve: Resolve | undefined, all: boolean, name = 'hooks.example') =>
    new Promise((settle) =>
      publicLookup(new Set(), resolve)(name, { all }, (cause, address) => settle(cause?.name ?? address)),
    );

  test('that has public addresses is called at one of them', async () => {
    expect(await looked(resolving('1.1.1.1', '2606:4700::1111'), false)).toBe('1.1.1.1');
    expect(await looked(resolving('1.1.1.1'), true)).toEqual([{ address: '1.1.1.1', family: 4 }]);
  });
  test('of which one address is inside is not called at all', async () => {
    expect(await looked(resolving('1.1.1.1', '10.0.0.1'), true)).toBe('NotPublic');
  });
  test('that this machine knows by itself is not called', async () => {
    expect(await looked(undefined, false, 'localhost')).toBe('NotPublic');
  });
});
