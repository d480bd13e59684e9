// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cids } from '../../../src/wire/protocol.ts';
import { liveOn } from '../../support/live-page.ts';
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
describe('A3 init', () => {
  test('A3 init: `init` is told almost at once, also to a handler added after the call, then `label_init_completed`', async () => {
    const { heard } = page();
    const words = heard('init', 'label_init_completed');
    expect(words).toEqual([]);
    await until(() => words.length === 2);
    expect(words).toEqual([
      ['init', 0],
      ['label_init_completed', 0, ''],
    ]);
  });

  test('A3 init: the same label again is a no-op', async () => {
    const { smartico, sockets, heard, identified } = page();
    void smartico.identify('u1');
    await identified();
    const words = heard('label_init_completed');
    await until(() => words.length);
    smartico.init('label', { brand_key: 'other' });
    expect([sockets.saidOf(cids.init).length, sockets.lines.size, words.length]).toEqual([1, 1, 1]);
  });

  test('A3 init: another label is a teardown and a new start, for the user who is there', async () => {
    const { smartico, sockets, identified } = page();
    void smartico.identify('u1');
    await identified();
    smartico.init('label-2');
    expect(smartico.checkSuccessfullyIdentify()).toBe(false);
    await identified();
    expect(sockets.saidOf(cids.init).map(({ label_key }) => label_key)).toEqual(['label', 'label-2']);
    expect(sockets.lines.size).toBe(1);
  });

  test('A3 init: coming from visitor mode starts over, and then identifies', async () => {
    const { smartico, identified, sockets } = liveOn(here);
    smartico.initVisitorMode('label');
    void smartico.identify('u1');
    await smartico.ready();
    expect(sockets.saidOf(cids.identify)).toEqual([]);
    smartico.init('label');
    await identified();
    expect(sockets.saidOf(cids.identify)).toHaveLength(1);
  });
});

describe('A3 initVisitorMode', () => {
  test('A3 initVisitorMode: the label is set up, nobody is identified or logged in, and the page knows a visitor', async () => {
    const { smartico, sockets, heard, stored } = liveOn(here);
    smartico.initVisitorMode('label');
    const words = heard('identify', 'login', 'logout', 'label_init_completed');
    void smartico.online('u1');
    await until(() => words.length);
    expect(smartico.getPublicProps()).toMatchObject({ is_visitor: true });
    expect(smartico.checkSuccessfullyIdentify()).toBe(false);
    expect(() => smartico.api.getUserProfile()).toThrow(expect.objectContaining({ code: 'not_identified' }));
    expect([words.map(([key]) => key), sockets.saidOf(cids.identify), await stored()]).toEqual([
      ['label_init_completed'],
      [],
      [],
    ]);
  });
});

describe('A3 changeLanguage', () => {
  test('A3 changeLanguage: two letters, props_change, and an event where it differs from the profile’s', async () => {
    const { smartico, identified, heard, stored } = page();
    void smartico.identify('u1');
    await identified();
    const words = heard('props_change');
    smartico.changeLanguage('en-US');
    smartico.changeLanguage('pt-BR');
    await until(() => words.length);
    expect(words).toEqual([['props_change', { core_user_language: 'pt' }]]);
    expect(await stored()).toEqual([['core_language_changed', 'u1', { language: 'pt' }]]);
  });

  test('A3 changeLanguage: before identify it waits', async () => {
    const { smartico, identified, stored } = page();
    smartico.changeLanguage('fr');
    void smartico.identify('u1');
    await identified();
    expect(smartico.getPublicProps()).toMatchObject({ core_user_language: 'fr' });
    expect(await stored()).toEqual([['core_language_changed', 'u1', { language: 'fr' }]]);
  });

  test.each(['', null, undefined, 'x', 5])('A3 changeLanguage: throws without a language: %j', (lang) => {
    expect(() => page().smartico.changeLanguage(lang as string)).toThrow(
      expect.objectContaining({ code: 'bad_argument' }),
    );
  });
});

describe('A3 clear', () => {
  test('A3 clear: removes the page’s handlers, unless it keeps them', async () => {
    const { smartico, heard } = page();
    const words = heard('logout');
    void smartico.identify('u1');
    smartico.clear({ keepCallBacks: true });
    smartico.logout();
    await until(() => words.length);
    smartico.clear();
    void smartico.identify('u2');
    smartico.logout();
    await smartico.ready();
    expect(words).toEqual([['logout']]);
  });
});

describe('A3 Too-early calls', () => {
  test('A3 Too-early calls: nothing throws before init', async () => {
    const { smartico, collector } = liveOn(here);
    smartico.login();
    smartico.logout();
    smartico.clear();
    smartico.dp('dp:inbox');
    smartico.suspendPopups(true);
    smartico.setSkin('dark');
    smartico.setNickname('Nick');
    smartico.updatePublicTags('add', ['vip']);
    smartico.sendServerError('x');
    expect([smartico.getPublicProps(), smartico.vapi('en'), collector.requests]).toEqual([null, null, []]);
  });

  test('A3 api readiness; A9 getUserProfile: api is never null; getUserProfile throws before identify and answers after it', async () => {
    const { smartico, identified } = liveOn(here);
    const early = expect.objectContaining({ code: 'not_identified' });
    expect(() => smartico.api.getUserProfile()).toThrow(early);
    smartico.init('label');
    expect(() => smartico.api.getUserProfile()).toThrow(early);
    void smartico.identify('u1');
    await identified();
    expect(smartico.api.getUserProfile()).toMatchObject({ public_username: 'u1' });
  });

  test('A3 readiness: ready() and identified() end the polling, whatever the page does to its handlers', async () => {
    const { smartico } = liveOn(here);
    const [ready, identified] = [smartico.ready(), smartico.identified()];
    smartico.on('identify', null);
    smartico.clear();
    smartico.init('label');
    await ready;
    void smartico.identify('u1');
    await identified;
    await smartico.identified();
    expect(smartico.checkSuccessfullyIdentify()).toBe(true);
  });
});
