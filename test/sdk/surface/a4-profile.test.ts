// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cids } from '../../../src/wire/protocol.ts';
import { liveOn, propsOf } from '../../support/live-page.ts';
import { type Device, device } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

/** A page whose user is identified, with these props. */
const known = async (props: object = {}) => {
  const made = liveOn(here);
  made.sockets.answer(cids.identify, ({ ext_user_id }) => ({ props: propsOf(ext_user_id, props) }));
  made.smartico.init('label');
  void made.smartico.identify('u1');
  await made.identified();
  return made;
};

describe('A4 getPublicProps', () => {
  test('A4 getPublicProps: synchronous; null before init, a copy after identify', async () => {
    expect(liveOn(here).smartico.getPublicProps()).toBeNull();
    const { smartico } = await known({ ach_points_balance: 5 });
    const props = smartico.getPublicProps();
    expect(props).toEqual(propsOf('u1', { ach_points_balance: 5 }));
    Object.assign(props as object, { ach_points_balance: 6 });
    expect(smartico.getPublicProps()).toMatchObject({ ach_points_balance: 5 });
  });

  test('A4 getPublicProps: whether the user is in the control group, and every other name, is the collector’s word', async () => {
    const { smartico } = await known({ ach_gamification_in_control_group: true, core_custom_prop1: 'x' });
    expect(smartico.getPublicProps()).toMatchObject({
      ach_gamification_in_control_group: true,
      core_custom_prop1: 'x',
    });
  });

  test('A8 props_change: the changed subset of a push; nothing where nothing differs', async () => {
    const { smartico, sockets, heard } = await known({ ach_points_balance: 5, core_public_tags: ['VIP'] });
    const words = heard('props_change');
    sockets.push({ cid: 108, props: { ach_points_balance: 5, core_public_tags: ['VIP'] } });
    sockets.push({ cid: 108, props: { ach_points_balance: 7, core_public_tags: ['VIP'] } });
    await until(() => words.length);
    expect(words).toEqual([['props_change', { ach_points_balance: 7 }]]);
    expect(smartico.getPublicProps()).toMatchObject({ ach_points_balance: 7, core_public_tags: ['VIP'] });
  });

  test('A8 props_change: what changed while the line was broken is told after it', async () => {
    const { smartico, sockets, heard, root } = await known({ ach_points_balance: 5 });
    const words = heard('props_change', 'identify');
    await until(() => words.length);
    words.length = 0;
    sockets.answer(cids.identify, ({ ext_user_id }) => ({ props: propsOf(ext_user_id, { ach_points_balance: 9 }) }));
    sockets.drop();
    root.dispatchEvent(new root.Event('online'));
    await until(() => words.length);
    expect(words).toEqual([['props_change', { ach_points_balance: 9 }]]);
    expect(smartico.checkSuccessfullyIdentify()).toBe(true);
  });
});

describe('A4 updatePublicTags', () => {
  test.each([
    ['add', ['new', 'Vip'], ['VIP', 'OLD', 'NEW']],
    ['add', 'one', ['VIP', 'OLD', 'ONE']],
    ['remove', ['vip', 'never'], ['OLD']],
    ['replace', ['a', 'A', ' b '], ['A', 'B']],
    ['clear', undefined, []],
  ] as const)(
    'A4 updatePublicTags: %s %j shows at once, upper-cased, and is an event',
    async (operation, tags, after) => {
      const { smartico, heard, stored } = await known({ core_public_tags: ['VIP', 'OLD'] });
      const words = heard('props_change');
      smartico.updatePublicTags(operation, typeof tags === 'object' ? [...tags] : tags);
      expect(smartico.getPublicProps()?.core_public_tags).toEqual(after);
      await until(() => words.length);
      expect(words).toEqual([['props_change', { core_public_tags: after }]]);
      expect(await stored()).toEqual([['core_public_tags_update', 'u1', { operation, tags: [tags ?? []].flat() }]]);
    },
  );

  test('A4 updatePublicTags: the collector’s word, which comes after, wins', async () => {
    const { smartico, sockets } = await known();
    smartico.updatePublicTags('add', ['mine']);
    sockets.push({ cid: 108, props: { core_public_tags: ['THEIRS'] } });
    expect(smartico.getPublicProps()?.core_public_tags).toEqual(['THEIRS']);
  });

  test('A4 updatePublicTags: before identify it is stored all the same', async () => {
    const { smartico, stored } = liveOn(here);
    smartico.init('label');
    smartico.updatePublicTags('add', ['early']);
    expect(await stored()).toEqual([['core_public_tags_update', null, { operation: 'add', tags: ['early'] }]]);
  });

  test('A4 older tags form: the whole set as an event still works', async () => {
    const { smartico, stored } = await known();
    smartico.event('core_public_tags_update', { core_public_tags: ['a'] });
    expect(await stored()).toEqual([['core_public_tags_update', 'u1', { core_public_tags: ['a'] }]]);
  });
});

describe('A4 profile and attribution', () => {
  test.each([
    ['setNickname', ['Nick'], 'gf_nickname_changed', { public_username: 'Nick' }],
    ['setAvatar', ['https://op.example/a.png'], 'gf_avatar_changed', { avatar_id: 'https://op.example/a.png' }],
    ['setLoginEntry', ['lobby'], 'core_set_last_login_entry', { core_last_login_entry: 'lobby' }],
    ['setEntryPoint', ['lobby'], 'core_set_last_login_entry', { core_last_login_entry: 'lobby' }],
    ['setUTMs', ['mail', 'may'], 'update_profile', { core_utm_source: 'mail', core_utm_campaign: 'may' }],
  ] as const)(
    'A4 setNickname, setAvatar, setLoginEntry, setEntryPoint, setUTMs: %s%j is the event %s',
    async (method, args, type, payload) => {
      const { smartico, stored } = await known();
      const eid = (smartico[method] as (...words: readonly string[]) => string | undefined)(...args);
      expect(eid).toEqual(expect.any(String));
      expect(await stored()).toEqual([[type, 'u1', payload]]);
    },
  );

  test('A4 setNickname, setAvatar: the page sees them at once', async () => {
    const { smartico } = await known();
    smartico.setNickname('Nick');
    smartico.setAvatar('https://op.example/a.png');
    expect(smartico.getPublicProps()).toMatchObject({
      public_username: 'Nick',
      avatar_id: 'https://op.example/a.png',
    });
  });

  test.each([
    ['setNickname', 'x'.repeat(65)],
    ['setNickname', '  '],
    ['setNickname', undefined],
    ['setAvatar', 'data:image/png;base64,AA'],
    ['setAvatar', 'http://op.example/a.png'],
    ['setAvatar', 'https://op.example/a b.png'],
    ['setAvatar', `https://op.example/${'a'.repeat(2_048)}`],
    ['setAvatar', '/a.png'],
    ['setAvatar', {}],
  ] as const)('A4 %s: %j is told, not shown and not sent: the collector would not have it', async (method, value) => {
    const { smartico, stored, console } = await known();
    const before = smartico.getPublicProps();
    expect((smartico[method] as (value: unknown) => unknown)(value)).toBeUndefined();
    expect([smartico.getPublicProps(), await stored()]).toEqual([before, []]);
    expect(console).toEqual([expect.stringContaining('bad_argument: ')]);
  });

  test.each(['https://op.example/a@2x.png?v=1', 'http://localhost:8080/a.png', 'https://op.example'])(
    'A4 setAvatar: %s is one',
    async (url) => {
      const { smartico } = await known();
      smartico.setAvatar(url);
      expect(smartico.getPublicProps()).toMatchObject({ avatar_id: url });
    },
  );

  test('A4 setSkin: is the tab’s, before anything is drawn', async () => {
    const { smartico, platform } = await known();
    smartico.setSkin('dark');
    await until(() => platform.session.get('_smartico:skin') === 'dark');
  });
});
