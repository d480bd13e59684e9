/** `STORE` as an address, and every mistake in one; none of them repeats what may be a password. */
import { expect, test } from 'vitest';
import { type ClusterAddress, isClusterAddress, parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { parseOptions } from '../../../src/collector/options.ts';

const plain: ClusterAddress = {
  servers: ['a:4222'],
  isTls: false,
  user: undefined,
  password: undefined,
  token: undefined,
  credentials: undefined,
  name: 'openaction',
  replicas: 3,
};

test.each<[store: string, differs: Partial<ClusterAddress>]>([
  ['nats://a', {}],
  ['nats://a:4222/', {}],
  ['nats://a:4333,b, c.example.com:1', { servers: ['a:4333', 'b:4222', 'c.example.com:1'] }],
  ['nats://a,nats://b', { servers: ['a:4222', 'b:4222'] }],
  ['nats://[::1]', { servers: ['[::1]:4222'] }],
  ['nats://[fe80::1]:4333,10.0.0.7', { servers: ['[fe80::1]:4333', '10.0.0.7:4222'] }],
  ['tls://a', { isTls: true }],
  ['nats://me:secret@a', { user: 'me', password: 'secret' }],
  ['nats://me:@a', { user: 'me', password: '' }],
  ['nats://m%40e:s%3Ae%2Fc%3Fr%2Ce%25t@a', { user: 'm@e', password: 's:e/c?r,e%t' }],
  ['nats://t0ken@a,b', { token: 't0ken', servers: ['a:4222', 'b:4222'] }],
  ['nats://a?name=two&replicas=1', { name: 'two', replicas: 1 }],
  ['nats://a/?replicas=5&credentials=/etc/o/a.creds', { replicas: 5, credentials: '/etc/o/a.creds' }],
])('%s', (store, differs) => {
  expect(parseClusterAddress(store)).toEqual({ ok: true, address: { ...plain, ...differs } });
});

const login = /before the "@"/;
const server = /server \d is no host/;
const settings = /behind the "\?"/;
test.each<[store: string, reasons: RegExp[]]>([
  ['nats://', [server]],
  ['nats://a,', [server]],
  ['nats://a:0', [server]],
  ['nats://a:70000', [server]],
  ['nats://::1', [server]],
  ['nats://a b', [server]],
  ['nats://a/path', [server]],
  ['nats://a,tls://b', [server]],
  ['nats://me:100%@a', [login]],
  ['nats://:hunter2@a', [login]],
  ['nats://me:hun:ter2@a', [login]],
  ['nats://me:hun/ter2@a', [login]],
  ['nats://me:hun@ter2@a', [login]],
  ['nats://a,nats://me:hunter2@b', [login]],
  ['nats://me:hunter2?@a', [server, settings]],
  ['nats://me:hunter2#@a?nam=x', [settings]],
  ['nats://a?name=', [/"name" is/]],
  ['nats://a?name=x.y', [/"name" is/]],
  ['nats://a?name=x&name=y', [settings]],
  ['nats://a?replicas=2', [/"replicas" is/]],
  ['nats://a?replicas=three', [/"replicas" is/]],
  ['nats://a?credentials=', [/"credentials" is/]],
  ['nats://me:hunter2@a?credentials=/f', [/not in both/]],
])('%s is told to be wrong, without its words', (store, reasons) => {
  const parsed = parseClusterAddress(store);
  if (parsed.ok) throw new Error('it was taken');
  expect(parsed.mistakes.map(({ reason }) => reason)).toEqual(reasons.map((one) => expect.stringMatching(one)));
  expect(parsed.mistakes.every(({ path }) => path === 'STORE')).toBe(true);
  expect(JSON.stringify(parsed)).not.toMatch(/hun|ter2/);
});

test('STORE is sqlite, or the address of a cluster', () => {
  const storeOf = (STORE: string | undefined) => {
    const parsed = parseOptions({ STORE });
    return parsed.ok ? parsed.options.store.is : parsed.mistakes;
  };
  expect([undefined, '', 'sqlite', 'nats://a', 'tls://a'].map(storeOf)).toEqual([
    'sqlite',
    'sqlite',
    'sqlite',
    'cluster',
    'cluster',
  ]);
  for (const wrong of ['paper', 'http://me:hunter2@a', 'nats:a', 'nats//a']) {
    expect(isClusterAddress(wrong)).toBe(false);
    expect(storeOf(wrong)).toEqual([{ path: 'STORE', reason: expect.stringMatching(/^must be "sqlite" or/) }]);
  }
});
