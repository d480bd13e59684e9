/** Whose address counts: the one that a trusted proxy says, and nobody else's word. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bucketOfAddress, maskAddress } from '../../src/collector/network-address.ts';
import { batch, browserEvent, send } from '../support/batches.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';

describe.each([
  ['203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
  ['203.0.113.7:4711', '203.0.113.7', '203.0.113.0/24'],
  ['::ffff:203.0.113.7', '203.0.113.7', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2', '2001:db8:1::/48'],
  ['2001:DB8:0001:2::9', '2001:db8:1:2', '2001:db8:1::/48'],
  ['[2001:db8:1:2::9]:4711', '2001:db8:1:2', '2001:db8:1::/48'],
  ['fe80::1%eth0', 'fe80:0:0:0', 'fe80:0:0::/48'],
  ['2001:db8::9', '2001:db8:0:0', '2001:db8:0::/48'],
  ['::1', '0:0:0:0', '0:0:0::/48'],
  ['ann@op.example', 'no address', 'unknown'],
  ['1.2.3', 'no address', 'unknown'],
  ['', 'no address', 'unknown'],
])('the address "%s"', (address, bucket, masked) => {
  test(`counts as ${bucket}`, () => expect(bucketOfAddress(address)).toBe(bucket));
  test(`is ${masked} in a log`, () => expect(maskAddress(address)).toBe(masked));
});

const config = (trustedProxies: string[]) => ({
  trustedProxies,
  labels: [
    {
      name: 'slow',
      keys: { public: ['slow-label'], secret: ['slow-secret'], admin: ['slow-admin'] },
      brands: ['main'],
      origins: ['self'],
      hashes: { salts: ['slow-salt-of-a-good-length'] },
      rates: { address: { perSecond: 0.001, burst: 1 } },
    },
  ],
});

describe('behind proxies that are trusted', () => {
  let collector: RunningCollector;
  beforeAll(async () => {
    collector = await startCollector({ config: config(['127.0.0.1', '10.0.0.0/8', '2001:db8:ffff::/48']) });
  });
  afterAll(() => collector.stop());
  /** Whether these two are one client to the collector: a bucket holds one event. */
  const alike = async (first: string, second: string): Promise<boolean> => {
    const body = () => batch([browserEvent()], { label_key: 'slow-label' });
    expect((await send(collector, body(), { 'x-forwarded-for': first })).status, first).toBe(200);
    return (await send(collector, body(), { 'x-forwarded-for': second })).status === 429;
  };

  test.each([
    ['the nearest address that no trusted proxy has is the client', '203.0.113.1', '9.9.9.9, 203.0.113.1', true],
    ['what the client wrote before it changes nothing', '1.1.1.1, 203.0.113.2', '2.2.2.2, 203.0.113.2', true],
    ['trusted proxies in a row are passed over', '203.0.113.3, 10.0.0.7', '203.0.113.3, 10.9.9.9, 10.0.0.8', true],
    ['also those of IPv6', '203.0.113.4, 2001:db8:ffff::1', '203.0.113.4', true],
    ['two clients are two', '203.0.113.5, 10.0.0.7', '203.0.113.6, 10.0.0.7', false],
    ['a port beside the address makes no other client', '203.0.113.7:1000', '203.0.113.7:2000', true],
    ['one /64 is one client', '2001:db8:1:2::1', '2001:db8:1:2:ffff::2', true],
    ['an IPv4 address in IPv6 is that address', '::ffff:203.0.113.8', '203.0.113.8', true],
    ['a thousand entries end at the nearest', `${'5.5.5.5, '.repeat(1000)}203.0.113.9`, '203.0.113.9', true],
    ['what is no address is one client', 'unknown', '<script>alert(1)</script>', true],
  ])('%s', async (_promise, first, second, same) => {
    expect(await alike(first, second)).toBe(same);
  });

  test('a refusal is logged with the network alone, and with no word that a client wrote', async () => {
    expect(collector.log).toMatch(/"address":"203\.0\.113\.0\/24"/);
    expect(collector.log).not.toMatch(/script|203\.0\.113\.[1-9]/);
  });
});

test('without trusted proxies the address is that of the connection, whatever a header says', async () => {
  const collector = await startCollector({ config: config([]) });
  const from = (address: string) =>
    send(collector, batch([browserEvent()], { label_key: 'slow-label' }), {
      'x-forwarded-for': address,
      forwarded: `for=${address}`,
      'x-real-ip': address,
    });
  expect([(await from('203.0.113.1')).status, (await from('203.0.113.2')).status]).toEqual([200, 429]);
  await collector.stop();
});
