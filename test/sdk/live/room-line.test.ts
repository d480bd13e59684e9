// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cids, type Message } from '../../../src/wire/protocol.ts';
import { liveOn, propsOf } from '../../support/live-page.ts';
import { scriptedCollector } from '../../support/scripted-collector.ts';
import { type Device, device } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

const page = (more: Parameters<typeof liveOn>[1] = {}) => {
  const made = liveOn(here, more);
  made.smartico.init('label', { brand_key: 'brand' });
  return made;
};
const known = async (more: Parameters<typeof liveOn>[1] = {}) => {
  const made = page(more);
  void made.smartico.identify('u1', 'h1');
  await made.identified();
  return made;
};

describe('the line to the collector', () => {
  test('is closed while the page is in the back-forward cache, and opened when it comes back from it', async () => {
    const { root, sockets, heard } = await known();
    const words = heard('props_change', 'identify');
    await until(() => words.length);
    words.length = 0;
    root.dispatchEvent(new root.Event('pagehide'));
    expect(sockets.lines.size).toBe(0);
    sockets.answer(cids.identify, () => ({ props: propsOf('u1', { ach_points_balance: 9 }) }));
    root.dispatchEvent(Object.assign(new root.Event('pageshow'), { persisted: true }));
    await until(() => words.length);
    expect(words).toEqual([['props_change', { ach_points_balance: 9 }]]);
  });

  test('of an ordinary load is opened once, whatever `pageshow` says', async () => {
    const { root, sockets } = await known();
    root.dispatchEvent(Object.assign(new root.Event('pageshow'), { persisted: false }));
    expect(sockets.saidOf(cids.init)).toHaveLength(1);
  });

  test('that broke is opened again when the network is back, or the page is looked at', async () => {
    const { root, sockets, identified } = await known();
    for (const [target, event] of [
      [root, 'online'],
      [root.document, 'visibilitychange'],
    ] as const) {
      const before = sockets.saidOf(cids.identify).length;
      sockets.drop();
      target.dispatchEvent(new root.Event(event));
      await until(() => sockets.saidOf(cids.identify).length === before + 1);
    }
    await identified();
  });

  test('hears a hostile or malformed message as nothing', async () => {
    const { sockets, smartico } = await known();
    const [line] = sockets.lines;
    for (const data of [
      '',
      '{',
      'null',
      '[]',
      '{"cid":"x"}',
      '{"cid":108}',
      '{"cid":110,"popup":null}',
      '{"cid":108,"props":{"__proto__":{"x":1}}}',
    ])
      line?.onmessage?.({ data });
    expect([smartico.checkSuccessfullyIdentify(), ({} as { x?: number }).x]).toEqual([true, undefined]);
  });

  test('is HTTP on a page without WebSocket: the same questions, and what is pending comes with the answer', async () => {
    const collector = scriptedCollector();
    const asked: Message[] = [];
    const answer = (message: Message) => {
      asked.push(message);
      const { cid, uuid, ext_user_id } = message;
      const pending = [{ cid: 105, engagement_uid: 'e-link-0001', payload: { dp: 'dp:action&action=FromServer' } }];
      return cid === cids.init
        ? { cid: 4, uuid, errCode: 0, settings: {} }
        : { cid: 6, uuid, errCode: 0, props: propsOf(ext_user_id), pending };
    };
    const fetch: typeof globalThis.fetch = async (url, init) =>
      `${url}`.endsWith('/s2s-api')
        ? new Response(JSON.stringify(answer(JSON.parse(`${init?.body}`))))
        : collector.fetch(url, init);
    const { stored } = await known({ before: { WebSocket: undefined }, collector: { ...collector, fetch } });
    expect(asked).toMatchObject([
      { cid: cids.init, api_key: 'label', ext_user_id: 'u1', hash: 'h1' },
      { cid: cids.identify, api_key: 'label', brand_key: 'brand', ext_user_id: 'u1', hash: 'h1' },
    ]);
    expect(await stored()).toEqual([
      ['engagement_impression', 'u1', { engagement_uid: 'e-link-0001', activityType: 34 }],
      ['client_action', 'u1', { client_action: 'FromServer' }],
    ]);
  });
});
