import { describe, expect, test, vi } from 'vitest';
import type { Call } from '../../../src/sdk/calls.ts';
import type { Made } from '../../../src/sdk/capture.ts';
import { createDeeds, readDeed } from '../../../src/sdk/frames/deeds.ts';
import type { FramesNeeds } from '../../../src/sdk/frames/frames.ts';
import type { Deed } from '../../../src/sdk/frames/news.ts';
import { createIdentity } from '../../../src/sdk/identity.ts';
import { textStore } from '../../../src/sdk/platform.ts';

const deed = (parts: Partial<Deed> = {}): Deed => ({
  ...{ method: 'action', args: ['Played', { table: 'blue' }], event_date: 5, page_id: 'page-of-frame', seq: 1 },
  ...parts,
});
const refused = (code: string) => expect.objectContaining({ code });

/** A page that makes good what frames did; `takes` hands a deed over under the next id, or the given one. */
const page = ({ visitor = false, refuses = false, tab = textStore(() => undefined) } = {}) => {
  const identity = createIdentity(() => {});
  const recorded: { call: Call | undefined; made: Made }[] = [];
  const called = vi.fn();
  const smartico = new Proxy(
    {},
    {
      get:
        (_, name) =>
        (...args: unknown[]) =>
          called(name, ...args),
    },
  );
  const deeds = createDeeds({
    smartico,
    settings: () => ({ visitor }),
    identity,
    session: () => 'session-1',
    name: '_smartico',
    tab,
    record(call: Call | undefined, made: Made) {
      if (refuses) return undefined;
      recorded.push({ call, made });
      return made.eid;
    },
    forbidden: () => 'localhost_refused',
    tell: () => undefined,
  } as unknown as FramesNeeds);
  let ids = 0;
  return {
    identity,
    recorded,
    called,
    know: deeds.know,
    takes: (one: unknown, { id = `eid-${1000 + ++ids}`, names = false } = {}) =>
      deeds.take(id, typeof one === 'string' ? one : JSON.stringify(one), names),
    whose: () => recorded.map(({ made }) => [made.user_ext_id, made.hash]),
  };
};

describe('a deed', () => {
  test('that is an event is recorded as the frame made it, in the page’s session', () => {
    const { takes, recorded } = page();
    takes(deed(), { id: 'eid-of-frame' });
    expect(recorded).toEqual([
      {
        call: { type: 'client_action', action: 'Played', payload: { table: 'blue' }, source: 'api', link: undefined },
        made: { eid: 'eid-of-frame', event_date: 5, session_id: 'session-1', page_id: 'page-of-frame', seq: 1 },
      },
    ]);
  });

  test.each(['dp', 'updatePublicTags', 'setNickname', 'setAvatar', 'setUTMs', 'setLoginEntry', 'setEntryPoint'])(
    'that is %s is the page’s own call',
    (method) => {
      const { takes, called } = page();
      takes(deed({ method, args: ['one', 'two'] }));
      expect(called.mock.calls).toEqual([[method, 'one', 'two']]);
    },
  );

  test('is done once for its id, whatever comes under that id again', () => {
    const { takes, recorded, called } = page();
    takes(deed(), { id: 'eid-same' });
    takes(deed({ args: ['Other'] }), { id: 'eid-same' });
    takes(deed({ method: 'dp', args: ['dp:gf'] }), { id: 'eid-link' });
    takes(deed({ method: 'dp', args: ['dp:gf'] }), { id: 'eid-link' });
    expect([recorded.length, called.mock.calls.length]).toEqual([1, 1]);
  });

  test('that is a call of the page’s is known to the tab’s next page, the last hundred of them', () => {
    const tab = textStore(() => undefined);
    const first = page({ tab });
    for (let i = 100; i <= 200; i++) first.takes(deed({ method: 'dp', args: ['dp:gf'] }), { id: `eid-link-${i}` });
    const second = page({ tab });
    second.takes(deed({ method: 'dp', args: ['dp:gf'] }), { id: 'eid-link-101' });
    second.takes(deed({ method: 'dp', args: ['dp:gf'] }), { id: 'eid-link-200' });
    expect(second.called).not.toHaveBeenCalled();
    second.takes(deed({ method: 'dp', args: ['dp:gf'] }), { id: 'eid-link-100' });
    expect(second.called).toHaveBeenCalledTimes(1);
  });

  test('ids that are remembered do not grow without end', () => {
    const { takes, recorded } = page();
    for (let i = 0; i < 20_001; i++) takes(deed(), { id: `eid-${10_000 + i}` });
    takes(deed(), { id: 'eid-10001' });
    takes(deed(), { id: 'eid-10000' });
    expect(recorded).toHaveLength(20_002);
  });

  test('that the page may not record is refused with the page’s own reason, and may come again', () => {
    const closed = page({ refuses: true });
    expect(() => closed.takes(deed(), { id: 'eid-same' })).toThrow(refused('localhost_refused'));
    expect(() => closed.takes(deed(), { id: 'eid-same' })).toThrow(refused('localhost_refused'));
  });
});

describe('an event is', () => {
  test('the present user’s where the frame knew of nobody', () => {
    const { identity, takes, whose } = page();
    identity.set('ann');
    takes(deed());
    expect(whose()).toEqual([[undefined, undefined]]);
  });

  test('of the user it was made under, with what vouched for them, though the page has another by now', () => {
    const { identity, know, takes, whose } = page();
    identity.set('ann', 'proof');
    know();
    identity.set('bob');
    takes(deed({ user: 'ann' }));
    expect(whose()).toEqual([['ann', 'proof']]);
  });

  test('nobody’s where it was made before anybody had a name', () => {
    const { identity, takes, whose } = page();
    identity.set('ann', 'proof');
    takes(deed({ user: null }));
    expect(whose()).toEqual([[null, undefined]]);
  });

  test.each(['eve', 5, {}, [], true])('nobody’s where the page never had such a user: %j', (user) => {
    const { identity, takes, whose } = page();
    identity.set('ann', 'proof');
    takes(deed({ user: user as never }));
    expect(whose()).toEqual([[null, undefined]]);
  });

  test('of whoever the frame says, where it may name the user, without anybody’s proof', () => {
    const { identity, takes, whose } = page();
    identity.set('ann', 'proof');
    takes(deed({ user: 'bob' }), { names: true });
    takes(deed({ user: {} as never }), { names: true });
    expect(whose()).toEqual([
      ['bob', undefined],
      [null, undefined],
    ]);
  });

  test('a visitor’s where everybody is one', () => {
    const { identity, know, takes, whose } = page({ visitor: true });
    identity.set('ann');
    know();
    takes(deed({ user: 'ann' }));
    identity.set('bob');
    takes(deed({ user: 'ann' }));
    takes(deed({ user: 'eve' }), { names: true });
    expect(whose()).toEqual(Array(3).fill([undefined, undefined]));
  });
});

test.each(['dp', 'updatePublicTags', 'setNickname'])(
  '%s of a user who is gone is not done for the next one',
  (method) => {
    const { identity, takes, called } = page();
    identity.set('ann');
    takes(deed({ method, args: ['one'], user: 'ann' }));
    identity.set('bob');
    expect(() => takes(deed({ method, args: ['two'], user: 'ann' }))).toThrow(refused('not_identified'));
    expect(() => takes(deed({ method, args: ['two'], user: null }))).toThrow(refused('not_identified'));
    expect(called.mock.calls).toEqual([[method, 'one']]);
  },
);

describe('what is no deed is refused, and nothing of it is done', () => {
  test.each([
    ['no JSON', '{'],
    ['nothing', 'null'],
    ['a list', []],
    ['a call that is no deed', deed({ method: 'logout' })],
    ['an inherited name', deed({ method: 'constructor' })],
    ['no method', { ...deed(), method: undefined }],
    ['no list of arguments', { ...deed(), args: 'Played' }],
    ['no time', { ...deed(), event_date: 'now' }],
    ['half a millisecond', deed({ event_date: 5.5 })],
    ['no page', { ...deed(), page_id: undefined }],
    ['a page that is no id', deed({ page_id: 'a b' })],
    ['no place', { ...deed(), seq: null }],
  ])('%s', (_, one) => {
    const { takes, recorded, called } = page();
    expect(() => takes(one)).toThrow(refused('bad_argument'));
    expect([recorded, called.mock.calls]).toEqual([[], []]);
  });

  test.each(['', 'short', 'x'.repeat(65), 'with space', 'ünïcödé-id'])('an id that is none: %j', (id) => {
    const { takes, recorded } = page();
    expect(() => takes(deed(), { id })).toThrow(refused('bad_argument'));
    expect(recorded).toEqual([]);
  });
});

test('a row of a stub is the event that it says', () => {
  const row = {
    ...{ eid: 'eid-of-stub', event_date: 5, user_ext_id: 'ann', page_id: 'page-of-stub', seq: 2, source: 'api' },
    ...{ event_type: 'client_action', payload: { client_action: 'Played' } },
  };
  expect(readDeed(JSON.stringify(row))).toMatchObject({
    ...{ method: 'event', args: ['client_action', { client_action: 'Played' }], user: 'ann' },
    ...{ event_date: 5, page_id: 'page-of-stub', seq: 2 },
  });
});
