import { Window } from 'happy-dom';
import { describe, expect, test, vi } from 'vitest';
import type { Kind } from '../../../src/bridge/calling.ts';
import type { Diagnosis } from '../../../src/sdk/doctor/diagnosis.ts';
import type { News } from '../../../src/sdk/frames/news.ts';
import { guestSurface } from '../../../src/sdk/inframe/surface.ts';

Object.assign(globalThis, { VERSION: '0.0.0-test' });

/** What the frame says by itself. */
const alone: Diagnosis = { verdict: 'no_host', says: 'nobody', todo: 'wait', also: [], facts: {} };
/** The calls of a framed platform, and what became of each; the page has said this of itself. */
const platform = (news: Partial<News> = {}) => {
  const crossed: [method: string, args: unknown[], kind: Kind][] = [];
  const deeds: [method: string, args: unknown[]][] = [];
  const told: string[] = [];
  const named: unknown[] = [];
  const starts = vi.fn();
  const smartico = guestSurface({
    root: new Window({ url: 'https://platform.example/?a=1#b=2' }) as never,
    tell: (code, about) => void told.push(`${code}: ${about}`),
    caller: {
      call: async (...crossing) => void crossed.push(crossing),
      connect: () => {},
      say: () => {},
    },
    news: () => news,
    names: (user) => void named.push(user),
    deed(...one) {
      deeds.push(one);
      return 'eid-1000';
    },
    alone: () => alone,
    starts,
  });
  return {
    smartico,
    loose: smartico as unknown as Record<string, (...args: unknown[]) => unknown>,
    crossed,
    deeds,
    told,
    named,
    starts,
  };
};

describe('what must not be lost is kept as a deed', () => {
  test('events, and the call answers with the id', () => {
    const { smartico, deeds } = platform();
    expect([smartico.action('A', { b: 1 }), smartico.event('t')]).toEqual(['eid-1000', 'eid-1000']);
    expect(deeds).toEqual([
      ['action', ['A', { b: 1 }]],
      ['event', ['t']],
    ]);
  });

  test.each(['dp', 'updatePublicTags', 'setNickname', 'setAvatar', 'setUTMs', 'setLoginEntry', 'setEntryPoint'])(
    '%s, and the call answers nothing, as the page’s does',
    (name) => {
      const { loose, deeds } = platform();
      expect(loose[name]?.('one', 'two')).toBeUndefined();
      expect(deeds).toEqual([[name, ['one', 'two']]]);
    },
  );

  test.each([['', 'x'.repeat(201), null, undefined, {}, []].map((name) => [name])].flat())(
    'but nothing without a name: %j',
    (name) => {
      const { loose, deeds, told } = platform();
      expect([loose.action?.(name), loose.event?.(name)]).toEqual([undefined, undefined]);
      expect(deeds).toEqual([]);
      expect(told).toEqual(['empty_action: 1 to 200 characters', 'empty_event_type: 1 to 200 characters']);
    },
  );
});

describe('everything else is the page’s to do', () => {
  test.each<[string, Kind]>([
    ['init', 'order'],
    ['logout', 'order'],
    ['consent', 'order'],
    ['suspendPopups', 'order'],
    ['changeLanguage', 'order'],
    ['flush', 'question'],
    ['receipts', 'question'],
    ['losses', 'question'],
    ['ready', 'order'],
    ['showWidget', 'question'],
    ['miniGame', 'question'],
    ['requestPushPermissions', 'question'],
    ['gamificationBlock', 'question'],
    ['convertVisitorGame', 'question'],
  ])('%s waits for the page as an %s', (name, kind) => {
    const { loose, crossed } = platform();
    loose[name]?.('one');
    expect(crossed).toEqual([[name, expect.arrayContaining(['one']), kind]]);
  });

  test('a name that nobody knows is the page’s to refuse', async () => {
    const { loose, crossed } = platform();
    await loose.setUserId?.('ann');
    expect(crossed).toEqual([['setUserId', ['ann'], 'order']]);
  });

  test('questions about the customer go by their names', async () => {
    const { smartico, crossed } = platform();
    await smartico.api.checkSegmentMatch?.(5);
    expect(crossed).toEqual([['api', ['checkSegmentMatch', 5], 'question']]);
  });

  test('vapi(language) speaks it, and asks as api does', async () => {
    const { smartico, crossed } = platform();
    await smartico.vapi('de')?.getInboxMessages?.({});
    expect(crossed).toEqual([
      ['changeLanguage', ['de'], 'order'],
      ['api', ['getInboxMessages', {}], 'question'],
    ]);
  });
});

test('the queue form is the same call, for names that stay in the frame as well', () => {
  const { loose, deeds, crossed } = platform();
  const call = loose as unknown as (...args: unknown[]) => unknown;
  expect(call('action', 'A')).toBe('eid-1000');
  call('dp', 'dp:gf');
  void call('flush');
  expect(call('parseUrl')).toEqual({ a: '1' });
  expect(deeds.map(([method]) => method)).toEqual(['action', 'dp']);
  expect(crossed.map(([method]) => method)).toEqual(['flush']);
});

test('a user is named before the page has heard of it; what is nobody throws, and names nobody', () => {
  const { loose, named } = platform();
  void loose.online?.(' 7 ');
  void loose.identify?.(8);
  loose.logout?.();
  expect(() => loose.online?.('null')).toThrow(expect.objectContaining({ code: 'empty_user_id' }));
  expect(named).toEqual(['7', '8', null]);
});

test('on() returns its undo, and off() names the same handler', () => {
  const { smartico, crossed } = platform();
  const heard = () => {};
  smartico.on('login', heard)();
  smartico.off('login', heard);
  expect(crossed).toEqual([
    ['on', ['login', heard, undefined], 'order'],
    ['off', ['login', heard], 'order'],
    ['off', ['login', heard], 'order'],
  ]);
});

describe('what a call answers at once, it answers from what the page last said', () => {
  test('nothing of the customer before it spoke', () => {
    const { smartico } = platform();
    expect([smartico.checkSuccessfullyIdentify(), smartico.getPublicProps()]).toEqual([false, null]);
    expect(() => smartico.api.getUserProfile()).toThrow(expect.objectContaining({ code: 'not_identified' }));
  });

  test('the customer, once the page knows them', () => {
    const props = { core_user_language: 'en' } as unknown as News['props'];
    const { smartico } = platform({ user: 'ann', identified: true, props });
    expect([smartico.checkSuccessfullyIdentify(), smartico.getPublicProps(), smartico.api.getUserProfile()]).toEqual([
      true,
      props,
      props,
    ]);
  });

  test('and of its own address what the frame’s own says', () => {
    const { smartico } = platform();
    expect([smartico.parseUrl(), smartico.parseUrlHash(), smartico.version]).toEqual([
      { a: '1' },
      { b: '2' },
      '0.0.0-test',
    ]);
  });
});

test('with what a platform runs is heard in its own window too', () => {
  const { smartico, starts } = platform();
  smartico.init('label');
  smartico.init('label', null as never);
  smartico.initVisitorMode('label', { standalone: true });
  expect(starts.mock.calls).toEqual([[{}], [{}], [{ standalone: true }]]);
});

test.each(['api', 'version', 'constructor', 'toString', '__proto__'])('“%s” is no call, and told', (name) => {
  const { loose, told, crossed } = platform();
  (loose as unknown as (method: string) => void)(name);
  expect([told, crossed]).toEqual([[`unknown_method: ${name}`], []]);
});

test('a wrapper of the platform’s own hands its arguments on', () => {
  const { smartico, deeds } = platform();
  const wrapper = (...args: unknown[]) => Reflect.apply(smartico.apply, smartico, [null, args]);
  wrapper('action', 'X');
  smartico.call(null, 'action', 'Y' as never);
  expect(deeds).toEqual([
    ['action', ['X']],
    ['action', ['Y']],
  ]);
});

test('a mark of a page’s own is not there before the page has set it', () => {
  const { loose } = platform();
  expect(loose.__skinApplied).toBeUndefined();
  expect(['action' in loose, 'on' in loose, '__skinApplied' in loose]).toEqual([true, true, false]);
});

test('an open object that can be awaited, handed round and written to', async () => {
  const { smartico, loose } = platform();
  expect(await Promise.resolve(smartico)).toBe(smartico);
  expect(await Promise.resolve(smartico.api)).toBe(smartico.api);
  Object.assign(smartico, { __skinApplied: true });
  expect(loose.__skinApplied).toBe(true);
  expect(`${typeof smartico}`).toBe('function');
});
