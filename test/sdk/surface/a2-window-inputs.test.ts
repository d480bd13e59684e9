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

/** A page that sets its inputs before the script comes, as most do. */
const page = (before: object = {}) => {
  const made = liveOn(here, { before });
  made.smartico.init('label');
  return made;
};

describe('A2 _smartico_user_id', () => {
  test('A2 _smartico_user_id: set before load, it identifies and logs in', async () => {
    const { identified, sockets, heard } = page({ _smartico_user_id: 77, _smartico_user_hash: 'h77' });
    const words = heard('login');
    await identified();
    await until(() => words.length);
    expect(sockets.saidOf(cids.identify)).toMatchObject([{ ext_user_id: '77', hash: 'h77' }]);
  });

  test('A2 _smartico_user_id: set after load, it identifies in the same tick', async () => {
    const { root, smartico, identified } = page();
    await smartico.ready();
    root._smartico_user_id = 'u1';
    await identified();
  });

  test('A2 _smartico_user_id: changed, it is another user, without a trace of the first', async () => {
    const { root, smartico, identified, heard } = page({ _smartico_user_id: 'u1' });
    await identified();
    root._smartico_user_id = 'u2';
    expect([smartico.checkSuccessfullyIdentify(), smartico.getPublicProps()]).toEqual([false, null]);
    const words = heard('identify');
    await identified();
    await until(() => words.length);
    expect(words).toEqual([['identify', 0, propsOf('u2'), '']]);
  });

  test.each([null, '', ' ', 'undefined', 'null', undefined, Number.NaN, {}])(
    'A2 _smartico_user_id: %j is a logout, so that the next login counts',
    async (nobody) => {
      const { root, identified, heard, stored } = page({ _smartico_user_id: 'u1' });
      const words = heard('login', 'logout');
      await until(() => words.length);
      await identified();
      Object.assign(root, { _smartico_user_id: nobody });
      await until(() => words.length === 2);
      root._smartico_user_id = 'u1';
      await until(() => words.length === 3);
      expect(words).toEqual([['login'], ['logout'], ['login']]);
      expect((await stored()).map(([type, user]) => [type, user])).toEqual([
        ['login', 'u1'],
        ['logout', 'u1'],
        ['login', 'u1'],
      ]);
    },
  );

  test('A2 _smartico_user_id: nobody before load is no logout', async () => {
    const { smartico, heard, stored } = page({ _smartico_user_id: null });
    const words = heard('logout');
    await smartico.ready();
    expect([words, await stored()]).toEqual([[], []]);
  });

  test('A2 _smartico_user_id: set before init, it waits for the label', async () => {
    const { smartico, identified, root } = liveOn(here);
    root._smartico_user_id = 'u1';
    smartico.init('label');
    await identified();
  });
});

test('A2 _smartico_visitor_id: is not read: the visitor is the device, whatever the page calls them', async () => {
  const { smartico, sockets } = page({ _smartico_visitor_id: 'theirs' });
  await smartico.ready();
  expect(sockets.saidOf(cids.init)).toMatchObject([{ device_id: expect.stringMatching(/^d-/) }]);
  expect(JSON.stringify(sockets.said)).not.toContain('theirs');
});

describe('A2 _smartico_language', () => {
  test.each([
    ['EN', 'en'],
    ['EN-IN', 'en'],
    ['pt-br', 'pt'],
    ['uk', 'uk'],
  ])('A2 _smartico_language: %s before load is %s', async (given, language) => {
    const { identified, smartico } = page({ _smartico_language: given, _smartico_user_id: 'u1' });
    await identified();
    expect(smartico.getPublicProps()).toMatchObject({ core_user_language: language });
  });

  test('A2 _smartico_language: changed after load, it is changeLanguage', async () => {
    const { identified, root, heard, stored } = page({ _smartico_user_id: 'u1' });
    await identified();
    const words = heard('props_change');
    root._smartico_language = 'DE';
    await until(() =>
      words.some(([, props]) => (props as object & { core_user_language?: string }).core_user_language === 'de'),
    );
    expect(await stored()).toContainEqual(['core_language_changed', 'u1', { language: 'de' }]);
  });

  test.each([null, undefined, '', 'x'])('A2 _smartico_language: %j says nothing', async (given) => {
    const { identified, smartico, stored } = page({ _smartico_language: given, _smartico_user_id: 'u1' });
    await identified();
    expect(smartico.getPublicProps()).toMatchObject({ core_user_language: 'en' });
    expect((await stored()).map(([type]) => type)).not.toContain('core_language_changed');
  });
});

describe('A2 _smartico_user_hash', () => {
  test('A2 _smartico_user_hash: given after the id was refused without one, it is another try', async () => {
    const { root, smartico, sockets, identified, heard } = liveOn(here);
    sockets.answer(cids.identify, ({ hash, ext_user_id }) =>
      hash === 'good' ? { props: propsOf(ext_user_id) } : refusedWith('identity_unverified')({ cid: 5 }),
    );
    smartico.init('label');
    const words = heard('identify');
    root._smartico_user_id = 'u1';
    await until(() => words.length);
    root._smartico_user_hash = 'good';
    await identified();
  });

  test('A2 _smartico_user_hash: a new one for a user who is identified already costs no new line', async () => {
    const { root, sockets, identified } = page({ _smartico_user_id: 'u1', _smartico_user_hash: 'old' });
    await identified();
    root._smartico_user_hash = 'new';
    expect([sockets.saidOf(cids.init).length, sockets.lines.size]).toEqual([1, 1]);
  });
});
