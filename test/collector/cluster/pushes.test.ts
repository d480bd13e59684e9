/** News for pages between collectors, by a real server; and what else may lie on its subject. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { News } from '../../../src/collector/channel.ts';
import { parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { connectTo } from '../../../src/collector/cluster/connection.ts';
import { namesOf } from '../../../src/collector/cluster/names.ts';
import { createPushes } from '../../../src/collector/cluster/pages/pushes.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';
import { until } from '../../support/until.ts';

let nats: NatsServers;
beforeAll(async () => {
  nats = await startNats();
});
afterAll(() => nats.stop());

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

const names = namesOf('pushes');
const collectorHere = async () => {
  const parsed = parseClusterAddress(nats.store('pushes'));
  if (!parsed.ok) throw new Error('the address is wrong');
  const { connection } = await connectTo(parsed.address);
  ending.push(() => connection.close());
  const warnings: string[] = [];
  const pushes = createPushes({ connection, names, warn: (why) => void warnings.push(why) });
  // The subscription is there when the server has answered what came after it.
  await connection.flush();
  return { connection, pushes, warnings };
};
const news = (version: number): News => ({ version, pushes: [{ cid: 108, props: { ach_gems_balance: version } }] });

test('news is heard on every collector that listens to the customer, in the order in which one of them said it', async () => {
  const [one, two] = [await collectorHere(), await collectorHere()];
  const heard: [string, News][] = [];
  for (const [name, { pushes }] of Object.entries({ one, two }))
    pushes.listen('casino', 'u:anna', (each) => void heard.push([name, each]));
  one.pushes.say('casino', 'u:anna', news(2));
  one.pushes.say('casino', 'u:anna', news(3));
  await until(() => heard.length === 4);
  for (const name of ['one', 'two'])
    expect(heard.filter(([who]) => who === name).map(([, each]) => each)).toEqual([news(2), news(3)]);
});

test.each([
  ['another customer', 'casino', 'u:bob'],
  ['the same name on another label', 'sport', 'u:anna'],
  ['a name that differs by what no subject can hold', 'casino', 'u:anna.*'],
])('news of %s is heard by nobody who did not ask for it', async (_, label, customer) => {
  const [one, two] = [await collectorHere(), await collectorHere()];
  const [heard, others]: News[][] = [[], []];
  two.pushes.listen('casino', 'u:anna', (each) => void heard!.push(each));
  two.pushes.listen(label, customer, (each) => void others!.push(each));
  one.pushes.say(label, customer, news(2));
  await until(() => others!.length === 1);
  expect(heard).toEqual([]);
});

test('whoever has left is told nothing more, and whoever came after them is', async () => {
  const [one, two] = [await collectorHere(), await collectorHere()];
  const [before, after]: News[][] = [[], []];
  const leave = two.pushes.listen('casino', 'u:anna', (each) => void before!.push(each));
  two.pushes.listen('casino', 'u:anna', (each) => void after!.push(each));
  leave();
  one.pushes.say('casino', 'u:anna', news(2));
  await until(() => after!.length === 1);
  expect(before).toEqual([]);
});

test('what is no news is counted, told once, and keeps none from anybody', async () => {
  const [one, two] = [await collectorHere(), await collectorHere()];
  const heard: News[] = [];
  two.pushes.listen('casino', 'u:anna', (each) => void heard.push(each));
  const bad = [
    'words of somebody',
    '',
    'null',
    '[]',
    '{"version":-1,"pushes":[]}',
    '{"version":1.5,"pushes":[]}',
    '{"version":2}',
    '{"version":2,"pushes":[null]}',
    '{"version":2,"pushes":[{"cid":5}]}',
    JSON.stringify({ version: 2, pushes: Array.from({ length: 201 }, () => ({ cid: 108, props: {} })) }),
    `"${'x'.repeat(600_000)}"`,
  ];
  for (const text of bad) one.connection.publish(names.push('casino', 'u:anna'), text);
  // For nobody: not even read.
  for (const subject of ['pushes.push.casino', 'pushes.push.a.b.c', names.push('casino', 'u:bob')])
    one.connection.publish(subject, 'words of somebody');
  one.pushes.say('casino', 'u:anna', news(3));
  await until(() => heard.length === 1);
  expect(heard).toEqual([news(3)]);
  expect(two.pushes.refused()).toBe(bad.length);
  expect(two.warnings).toEqual([expect.stringContaining('pushes.push.>')]);
  expect(two.warnings.join()).not.toContain('words of somebody');
});

test('news too long for the servers stays here: its page hears of it with the document', async () => {
  const [one, two] = [await collectorHere(), await collectorHere()];
  const heard: News[] = [];
  two.pushes.listen('casino', 'u:anna', (each) => void heard.push(each));
  one.pushes.say('casino', 'u:anna', { version: 2, pushes: [{ cid: 108, props: { nick: 'x'.repeat(2_000_000) } }] });
  one.pushes.say('casino', 'u:anna', news(3));
  await until(() => heard.length === 1);
  expect(heard).toEqual([news(3)]);
});

test('a server that was gone is heard again, and a collector that ends says nothing more', async () => {
  const [one, two] = [await collectorHere(), await collectorHere()];
  let heard = 0;
  two.pushes.listen('casino', 'u:anna', () => void heard++);
  await nats.servers[0]!.kill();
  await nats.servers[0]!.start();
  await until(() => {
    one.pushes.say('casino', 'u:anna', news(2));
    return heard > 0;
  });
  await one.connection.close();
  one.pushes.say('casino', 'u:anna', news(3));
});
