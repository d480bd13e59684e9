// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cids } from '../../../src/wire/protocol.ts';
import { liveOn, propsOf, scriptedSockets } from '../../support/live-page.ts';
import { type Device, device } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

describe('A12 localhost', () => {
  const LOCAL = 'http://localhost:8080/';
  test('A12 localhost: refused without the flag: no line is opened, and one notice says how to allow it', async () => {
    const { smartico, sockets, console } = liveOn(here, { url: LOCAL });
    smartico.init('label');
    void smartico.online('u1');
    expect([sockets.lines.size, console]).toEqual([
      0,
      ['[smartico] localhost_refused: set window._smartico_allow_localhost = true'],
    ]);
  });

  test('A2 _smartico_allow_localhost; A12 localhost: the flag set later, as one page does in `mounted`, lets everything through', async () => {
    const { smartico, root, identified } = liveOn(here, { url: LOCAL });
    smartico.init('label');
    void smartico.online('u1');
    root._smartico_allow_localhost = true;
    await identified();
  });
});

describe('A12 visitor', () => {
  test('A12 visitor: before anybody is identified the page knows a visitor, and the collector a device', async () => {
    const { smartico, sockets } = liveOn(here);
    sockets.answer(cids.init, () => ({
      settings: {},
      props: { core_public_tags: ['NEW'], core_inbox_unread_count: 2 },
    }));
    smartico.init('label', { lang: 'de' });
    await smartico.ready();
    expect(smartico.getPublicProps()).toEqual({
      is_visitor: true,
      core_user_language: 'de',
      core_public_tags: ['NEW'],
      core_inbox_unread_count: 2,
    });
    expect(sockets.saidOf(cids.init)[0]?.device_id).toEqual(expect.stringMatching(/^d-/));
  });

  test('A12 visitor: a push changes what the page knows of them', async () => {
    const { smartico, sockets, heard } = liveOn(here);
    smartico.init('label');
    await smartico.ready();
    const words = heard('props_change');
    sockets.push({ cid: 108, props: { core_inbox_unread_count: 3 } });
    await until(() => words.length);
    expect(words).toEqual([['props_change', { core_inbox_unread_count: 3 }]]);
  });

  test('A12 visitor: who gets a name is identified, and nothing of the visitor is left', async () => {
    const { smartico, sockets, identified } = liveOn(here);
    sockets.answer(cids.init, () => ({ settings: {}, props: { core_public_tags: ['VISITOR'] } }));
    smartico.init('label');
    await smartico.ready();
    void smartico.online('u1');
    await identified();
    expect(smartico.getPublicProps()).toEqual(propsOf('u1'));
    expect(sockets.lines.size).toBe(1);
  });

  test('A12 visitor mode: links run at once', async () => {
    const { smartico, stored } = liveOn(here, { url: 'https://op.example/#_smartico_dp=dp:action&action=Gift' });
    smartico.initVisitorMode('label');
    expect(await stored()).toEqual([['client_action', null, { client_action: 'Gift' }]]);
  });

  test('A9 vapi; A12 visitor mode: vapi answers, and its getUserProfile throws', async () => {
    const { smartico } = liveOn(here);
    expect(smartico.vapi('en')).toBeNull();
    smartico.initVisitorMode('label');
    await smartico.ready();
    expect(() => smartico.vapi('en')?.getUserProfile()).toThrow(expect.objectContaining({ code: 'not_identified' }));
  });
});

test('a browser that refuses by Global Privacy Control, on a label that honours it: the greeting is the last word', async () => {
  const sockets = scriptedSockets();
  sockets.answer(cids.init, () => ({ settings: { HONOR_GPC: '1' } }));
  const probe = here.openPage();
  Object.defineProperty(Object.getPrototypeOf(probe.root.navigator), 'globalPrivacyControl', {
    configurable: true,
    value: true,
  });
  const { smartico, collector } = liveOn(here, { sockets });
  smartico.init('label');
  await until(() => sockets.saidOf(cids.init).length && sockets.lines.size === 0);
  expect(smartico.action('Buy')).toBeUndefined();
  void smartico.identify('u1');
  await smartico.flush();
  expect([sockets.saidOf(cids.identify), sockets.lines.size, collector.stored]).toEqual([[], 0, []]);
});
