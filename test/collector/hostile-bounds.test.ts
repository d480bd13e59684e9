/** Bounds that a page can use up, and what is left to the label when it has. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch, browserEvent, read, send, sendFromServer, stored } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({ label: { rates: { address: { perSecond: 0.001, burst: 60 } } } });
});
afterAll(() => collector.stop());

const login = (core_last_login_entry: string) =>
  browserEvent({ event_type: 'core_set_last_login_entry', payload: { core_last_login_entry } });
const register = async (name: string, kind = 'entry_point'): Promise<number> => {
  const answer = await fetch(`${collector.url}/v1/registry`, {
    method: 'POST',
    headers: { authorization: 'Bearer demo-admin', 'content-type': 'application/json' },
    body: JSON.stringify({ kind, name }),
  });
  await answer.text();
  return answer.status;
};

test('entry points that pages make up leave room for those that the operator registers', async () => {
  const made = Array.from({ length: 55 }, (_, n) => login(`made-up-${n}`));
  const { body } = await send(collector, batch(made));
  expect(body.rejected.map(({ code }) => code)).toEqual(Array(5).fill('too_many_entry_points'));
  for (let n = 0; n < 50; n++) expect(await register(n === 0 ? 'made-up-0' : `mail-${n}`)).toBe(n === 0 ? 200 : 201);
  expect(await register('one-more')).toBe(400);
  const mine = login('mail-7');
  expect((await send(collector, batch([mine]))).body.rejected).toEqual([]);
  expect(await stored(collector, mine.eid)).toBeDefined();
  const { body: registry } = await read<{ entry_points: { name: string }[] }>(collector, '/v1/registry');
  expect(registry.entry_points).toHaveLength(99);
});

test('what pages made up is taken out by name, whatever the name, and its room is free again', async () => {
  const half = '../\ud800 + %2F';
  const remove = async (query: object, key = 'demo-admin') => {
    const answer = await fetch(`${collector.url}/v1/registry?${new URLSearchParams({ ...query })}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${key}` },
    });
    return [answer.status, ((await answer.json()) as { name?: string; code?: string }).name];
  };
  expect(await remove({ kind: 'entry_point', name: 'mail-7' }, 'other-admin')).toEqual([404, undefined]);
  for (let n = 0; n < 50; n++)
    expect(await remove({ kind: 'entry_point', name: `made-up-${n}` })).toEqual([200, `made-up-${n}`]);
  expect((await send(collector, batch([login(half)]))).body.rejected).toEqual([]);
  expect(await remove({ kind: 'entry_point', name: half })).toEqual([200, half]);
  expect(await remove({ kind: 'entry_point', name: half })).toEqual([404, undefined]);
  expect(await remove({ kind: 'entry_point' })).toEqual([400, undefined]);
  expect(await remove({ kind: 'colour', name: 'x' })).toEqual([400, undefined]);
});

test('a site that was told to wait a hundred times is not read any more, and others are', async () => {
  const fromSite = (body: unknown, origin = collector.url) => send(collector, body, { origin });
  while ((await fromSite(batch([browserEvent()]))).status === 200);
  const codes: string[] = [];
  for (let n = 0; n < 100; n++) codes.push((await fromSite(batch([browserEvent()]))).body.code);
  expect(new Set(codes)).toEqual(new Set(['rate_limited']));
  const unread = await fromSite('no JSON at all');
  expect([unread.status, unread.body.code]).toEqual([429, 'rate_limited']);
  expect(Number(unread.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await fromSite('no JSON at all', 'https://other.example')).body.code).toBe('bad_json');
  expect((await send(collector, 'no JSON at all')).body.code).toBe('bad_json');
  expect((await sendFromServer(collector, [], { authorization: 'other-secret' })).status).toBe(200);
});
