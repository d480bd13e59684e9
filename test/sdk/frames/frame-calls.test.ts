import { describe, expect, test, vi } from 'vitest';
import type { Takes } from '../../../src/bridge/serving.ts';
import { createAuthority } from '../../../src/sdk/frames/authority.ts';
import { frameCalls } from '../../../src/sdk/frames/frame-calls.ts';
import type { FramesNeeds } from '../../../src/sdk/frames/frames.ts';
import type { Settings } from '../../../src/sdk/options.ts';

const PLATFORM = 'https://platform.example';
const refused = (code: string) => expect.objectContaining({ code });

/** What a frame of the platform can call of a page that has been initialised, and what became of it. */
const reach = ({ initialised = true } = {}) => {
  const called = vi.fn();
  const asked = vi.fn();
  const lost = vi.fn();
  const said = vi.fn();
  const init = vi.fn();
  const letter = (frame: string | undefined, payload: string) => ({
    eid: 'eid-1000',
    code: 'unknown_brand',
    event: `${JSON.stringify({ eid: 'eid-1000', frame }).slice(0, -1)},"payload":${payload}`,
  });
  const dead = [
    letter(PLATFORM, '{}}'),
    letter(PLATFORM, '{"cut":"sho'),
    letter('https://other.example', '{}}'),
    letter(undefined, '{}}'),
  ];
  const api = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: unknown[]) =>
          asked(name, ...args),
    },
  );
  const answers = { api, receipts: async () => ({ recent: [], dead, pending: 0 }) };
  const smartico = new Proxy(answers, {
    get: (own, name) => Reflect.get(own, name) ?? ((...args: unknown[]) => called(name, ...args)),
  });
  const settings = () => (initialised ? ({ label: 'label', visitor: false } as Settings) : undefined);
  const authority = createAuthority(
    settings,
    () => undefined,
    () => 'ann',
    () => undefined,
  );
  const listening = { on: vi.fn(), off: vi.fn(), clear: vi.fn() };
  const deeds = { take: vi.fn(), know: vi.fn() };
  const needs = {
    smartico,
    init,
    session: () => 'session-1',
    lose: lost,
    tell: () => undefined,
  } as unknown as FramesNeeds;
  const methods = frameCalls(PLATFORM, needs, authority, deeds, listening, said);
  return {
    ...{ called, asked, lost, said, init, listening, dead, methods },
    call: (name: string, ...args: unknown[]) => methods.get(name)?.run(...(args as never[])),
  };
};

test('the whole of what is within a frame’s reach', () => {
  expect([...reach().methods.keys()].sort()).toEqual(
    [
      ...[
        'api',
        'changeLanguage',
        'clear',
        'consent',
        'convertVisitorGame',
        'doctor',
        'flush',
        'gamificationBlock',
        'identified',
      ],
      ...[
        'identify',
        'init',
        'initVisitorMode',
        'login',
        'logout',
        'lose',
        'losses',
        'miniGame',
        'off',
        'on',
        'online',
      ],
      ...[
        'ready',
        'receipts',
        'registerNativePushToken',
        'requestPushPermissions',
        'sendAnalytics',
        'sendDataToBanner',
      ],
      ...['sendServerDebug', 'sendServerError', 'setSkin', 'showBanner', 'showVisitorGame', 'showWidget'],
      ...['startLpAnalytics', 'suspendInbox', 'suspendMiniGames', 'suspendPopups', 'take'],
    ].sort(),
  );
});

test('every one of them says what it takes', () => {
  const kinds = /^(text|flag|object|function|anything)\??$/;
  for (const { takes } of reach().methods.values()) for (const kind of takes as Takes) expect(kind).toMatch(kinds);
});

test('of the customer’s api nothing but its own calls is there', () => {
  const { call, asked } = reach();
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty', '', 'a b', '0', 'a.b', 'aaa-'])
    expect(() => call('api', name)).toThrow(refused('unknown_method'));
  expect(asked).not.toHaveBeenCalled();
  call('api', 'checkSegmentMatch', 5);
  expect(asked.mock.calls).toEqual([['checkSegmentMatch', 5]]);
});

describe('a frame that may not speak for the user', () => {
  test.each([
    ['online', ['eve', 'en', 'hash']],
    ['identify', ['eve', 'hash']],
    ['logout', []],
    ['consent', [true]],
  ])('is refused %s, and told what is so', (name, args) => {
    const { call, called, said } = reach();
    expect(() => call(name, ...args)).toThrow(refused('identity_refused'));
    expect([called.mock.calls.length, said.mock.calls.length]).toEqual([0, 1]);
  });

  test('may name the user who is there already', () => {
    const { call, called } = reach();
    call('online', 'ann', 'en');
    expect(called.mock.calls).toEqual([['online', 'ann', 'en']]);
  });

  test('starts no page that has started with another label', () => {
    const { call, init } = reach();
    expect(() => call('init', 'other')).toThrow(refused('init_refused'));
    expect(init).not.toHaveBeenCalled();
  });
});

test('a frame that starts the page chooses neither where events go nor who else may call', () => {
  const { call, init } = reach({ initialised: false });
  call('init', 'label', { brand_key: 'b', collector: 'https://evil.example', frames: ['https://evil.example'] });
  call('initVisitorMode', 'label', { sw: '/evil.js' });
  expect(init.mock.calls).toEqual([
    ['label', { brand_key: 'b' }],
    ['label', { visitor_mode: true }],
  ]);
});

test('of the dead letters a frame is shown its own, however long they are', async () => {
  const { call, dead } = reach();
  expect(await call('receipts')).toEqual({ recent: [], dead: dead.slice(0, 2), pending: 0 });
});

test.each(['suspendPopups', 'suspendInbox', 'suspendMiniGames'])(
  '%s holds under the frame’s origin, whatever reason it gives',
  (name) => {
    const { call, called } = reach();
    call(name, true);
    call(name, true, { reason: 'table', ttl: 5 });
    expect(called.mock.calls).toEqual([
      [name, true, { reason: PLATFORM }],
      [name, true, { reason: `${PLATFORM} table`, ttl: 5 }],
    ]);
  },
);

test('what a frame opens, it opens over the page, in no element of the page’s', () => {
  const { call, called } = reach();
  call('showWidget', 'missions', { iframe: 'their-element', inline: true, theme: 'dark' });
  call('showWidget', 'inbox');
  expect(called.mock.calls).toEqual([
    ['showWidget', 'missions', { theme: 'dark' }],
    ['showWidget', 'inbox', {}],
  ]);
});

test('clear() in a frame removes the frame’s callbacks and no others', () => {
  const { call, called, listening } = reach();
  call('clear', { keepCallBacks: true });
  expect(listening.clear).not.toHaveBeenCalled();
  call('clear');
  expect(listening.clear).toHaveBeenCalledTimes(1);
  expect(called.mock.calls).toEqual([
    ['clear', { keepCallBacks: true }],
    ['clear', { keepCallBacks: true }],
  ]);
});

test('the page counts what was lost in a frame, by the reasons that a frame has', () => {
  const { call, lost } = reach();
  call('lose', 'overflow', 3);
  call('lose', 'too_large', 1);
  call('lose', 'overflow', 2, 'page-of-frame', 7);
  const place = { page_id: 'page-of-frame', session_id: 'session-1' };
  expect(lost.mock.calls).toEqual([
    ['overflow', [{}, {}, {}]],
    ['too_large', [{}]],
    ['overflow', [6, 7].map((seq) => ({ ...place, seq }))],
  ]);
  for (const [page, last] of [
    ['no id', 7],
    ['page-of-frame', 1],
    ['page-of-frame', 2.5],
  ]) {
    call('lose', 'overflow', 2, page, last);
    expect(lost.mock.lastCall).toEqual(['overflow', [{}, {}]]);
  }
  lost.mockClear();
  for (const [reason, count] of [
    ['flood', 1],
    ['__proto__', 1],
    ['overflow', 0],
    ['overflow', -1],
    ['overflow', 0.5],
    ['overflow', '3'],
    ['overflow', null],
    ['overflow', 1e9],
  ])
    expect(() => call('lose', reason, count)).toThrow(refused('bad_argument'));
  expect(lost).not.toHaveBeenCalled();
});
