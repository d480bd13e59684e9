// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cids } from '../../../src/wire/protocol.ts';
import { liveOn, propsOf, refusedWith } from '../../support/live-page.ts';
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
const empty = expect.objectContaining({ code: 'empty_user_id' });

describe('A3 online', () => {
  test('A3 online; A8 login: identifies with the hash, then logs in with the payload, then speaks the language', async () => {
    const { smartico, sockets, heard, stored } = page();
    const words = heard('identify', 'login', 'props_change');
    await smartico.online('u1', 'de-AT', 'hash', { source: 'form' });
    expect(sockets.saidOf(cids.identify)).toMatchObject([{ ext_user_id: 'u1', hash: 'hash' }]);
    await until(() => words.length === 4);
    expect(words).toEqual([
      ['identify', 0, propsOf('u1'), ''],
      ['props_change', propsOf('u1')],
      ['props_change', { core_user_language: 'de' }],
      ['login'],
    ]);
    expect(await stored()).toEqual([
      ['core_language_changed', 'u1', { language: 'de' }],
      ['login', 'u1', { source: 'form' }],
    ]);
  });

  test.each(['', ' ', null, undefined, 'undefined', 'null', 'NaN', Number.NaN, {}, [], true])(
    'A3 online: throws on an empty id: %j',
    (id) => {
      const { smartico } = page();
      expect(() => smartico.online(id as string)).toThrow(empty);
    },
  );

  test('A3 online: a numeric id is text', async () => {
    const { smartico, sockets } = page();
    await smartico.online(77);
    expect(sockets.saidOf(cids.identify)).toMatchObject([{ ext_user_id: '77' }]);
  });

  test('A3 online: another user forgets the first, whose late answers are nobody’s', async () => {
    const { smartico, sockets, heard, identified } = page();
    let late = () => {};
    sockets.answer(cids.identify, ({ ext_user_id, uuid }) => {
      if (ext_user_id !== 'u1') return { props: propsOf(ext_user_id) };
      late = () => sockets.push({ cid: 6, uuid, errCode: 0, props: propsOf('u1') });
      return undefined;
    });
    void smartico.online('u1');
    await until(() => sockets.saidOf(cids.identify).length);
    const words = heard('identify', 'props_change');
    void smartico.online('u2');
    late();
    await identified();
    late();
    await until(() => words.length === 2);
    expect(JSON.stringify(words)).not.toContain('u1');
    expect(smartico.getPublicProps()).toMatchObject({ public_username: 'u2' });
  });
});

describe('A3 identify', () => {
  test('A3 identify: identifies and does not log in; twice is once', async () => {
    const { smartico, sockets, identified, stored } = page();
    await smartico.identify('u1');
    void smartico.identify('u1');
    await identified();
    expect(sockets.saidOf(cids.identify)).toMatchObject([{ ext_user_id: 'u1', hash: null }]);
    expect(await stored()).toEqual([]);
  });

  test('A3 identify: throws on an empty id', () => {
    expect(() => page().smartico.identify(null as never)).toThrow(empty);
  });

  test('A3 identify: resolves when the collector has answered, also with a refusal', async () => {
    const { smartico, sockets } = page();
    sockets.answer(cids.identify, refusedWith('identity_unverified'));
    await smartico.identify('u1', 'wrong');
    expect(smartico.checkSuccessfullyIdentify()).toBe(false);
  });

  test.each(['identity_unverified', 'identity_expired', 'origin_not_allowed'] as const)(
    'A3 identify: a refusal (%s) is told with its number and its reason instead of endless silence, and not tried again',
    async (code) => {
      const { smartico, sockets, heard, console } = page();
      const refuse = refusedWith(code);
      sockets.answer(cids.identify, refuse);
      const words = heard('identify', 'protocol_error');
      void smartico.identify('u1', 'hash');
      await until(() => words.length === 2);
      const { errCode, errMsg } = refuse({ cid: 5 }) as { errCode: number; errMsg: string };
      expect(words).toEqual([
        ['identify', errCode, {}, errMsg],
        ['protocol_error', { errCode, errMsg }],
      ]);
      expect(console).toEqual([`[smartico] identify_refused: ${errMsg}`]);
      expect(sockets.lines.size).toBe(0);
    },
  );

  test('A3 identify: another hash after a refusal is another try', async () => {
    const { smartico, sockets, identified } = page();
    sockets.answer(cids.identify, ({ hash }) =>
      hash === 'good' ? { props: propsOf('u1') } : refusedWith('identity_expired')({ cid: 5 }),
    );
    await smartico.identify('u1', 'old');
    void smartico.identify('u1', 'good');
    await identified();
  });

  test.each(['unknown_label', 'origin_not_allowed'] as const)(
    'A3 Origin allow-list: a label that refuses the page (%s) says so through label_init_completed and identify',
    async (code) => {
      const { smartico, sockets, heard } = liveOn(here);
      sockets.answer(cids.init, refusedWith(code));
      smartico.init('label');
      void smartico.identify('u1');
      const words = heard('label_init_completed', 'identify');
      await until(() => words.length === 2);
      expect(words.map(([key, errCode]) => [key, errCode])).toEqual([
        ['label_init_completed', expect.any(Number)],
        ['identify', expect.any(Number)],
      ]);
      expect(words[0]?.[1]).not.toBe(0);
    },
  );
});

describe('A3 login', () => {
  test('A3 login: before identify it waits for it', async () => {
    const { smartico, heard, stored } = page();
    const words = heard('login');
    smartico.login('en', { a: 1 });
    expect(words).toEqual([]);
    void smartico.identify('u1');
    await until(() => words.length);
    expect(await stored()).toEqual([['login', 'u1', { a: 1 }]]);
  });

  test('A3 Login window: a second login within 30 minutes is none, also after a reload; after a logout it is one', async () => {
    const first = page();
    const words = first.heard('login');
    void first.smartico.online('u1');
    await until(() => words.length);
    first.smartico.login();
    const { smartico, identified, heard, stored } = page();
    const again = heard('login', 'logout');
    void smartico.online('u1');
    await identified();
    smartico.logout();
    void smartico.online('u1');
    await until(() => again.length === 2);
    expect(again).toEqual([['logout'], ['login']]);
    expect((await stored()).map(([type]) => type)).not.toContain('login login');
  });

  test('A3 Login window: it is over after 30 minutes', async () => {
    const first = page();
    const words = first.heard('login');
    void first.smartico.online('u1');
    await until(() => words.length);
    here.clock.ahead = 31 * 60_000;
    const { smartico, heard } = page();
    const again = heard('login');
    void smartico.online('u1');
    await until(() => again.length);
  });

  test('A3 login: carries the entry point', async () => {
    const { smartico, heard, stored } = page();
    const words = heard('login');
    smartico.setLoginEntry('lobby-banner');
    void smartico.online('u1');
    await until(() => words.length);
    expect(await stored()).toContainEqual(['login', 'u1', { core_last_login_entry: 'lobby-banner' }]);
  });
});

describe('A3 logout', () => {
  test('A3 logout; A8 logout: is told, is an event of the user who leaves, forgets them, and greets a visitor', async () => {
    const { smartico, sockets, heard, identified, stored } = page();
    void smartico.identify('u1');
    await identified();
    const words = heard('logout');
    smartico.logout({ reason: 'button' });
    expect([smartico.checkSuccessfullyIdentify(), smartico.getPublicProps()]).toEqual([false, null]);
    await until(() => words.length && smartico.getPublicProps());
    expect([words, smartico.getPublicProps()]).toMatchObject([[['logout']], { is_visitor: true }]);
    expect([sockets.saidOf(cids.init).length, sockets.lines.size]).toEqual([2, 1]);
    expect(await stored()).toEqual([['logout', 'u1', { reason: 'button' }]]);
  });

  test('A3 logout: is harmless where nobody is', async () => {
    const { smartico, heard, stored } = page();
    const words = heard('logout');
    smartico.logout();
    smartico.logout();
    await smartico.ready();
    expect([words, await stored()]).toEqual([[], []]);
  });
});

describe('A3 checkSuccessfullyIdentify', () => {
  test('A3 checkSuccessfullyIdentify: false before, true after, false in between users', async () => {
    const { smartico, identified } = page();
    void smartico.identify('u1');
    expect(smartico.checkSuccessfullyIdentify()).toBe(false);
    await identified();
    void smartico.identify('u2');
    expect(smartico.checkSuccessfullyIdentify()).toBe(false);
    await identified();
  });
});
