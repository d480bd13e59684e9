/** What each event makes of a customer. */
import { describe, expect, test } from 'vitest';
import type { CustomerState } from '../../../src/collector/engine/customer-state.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { type Fact, foldEvent } from '../../../src/collector/engine/user-state.ts';
import type { Payload, Trust } from '../../../src/wire/event.ts';

const label = { name: 'casino', gamificationShare: 100 };
const anna = registered({ key: 'u:anna', user: 'Anna' }, label, 1_000);
let cursor = 0;
const fact = (event_type: string, payload: Payload, trust: Trust = 'unverified'): Fact => ({
  cursor: ++cursor,
  eid: `e${cursor}`,
  event_type,
  name: event_type,
  payload,
  trust,
  at: 5_000,
});
const folded = (...facts: Fact[]): CustomerState => facts.reduce(foldEvent, anna);
const tags = (...payloads: Payload[]): string[] =>
  folded(...payloads.map((payload) => fact('core_public_tags_update', payload))).tags;

describe('tags', () => {
  test.each<[string, Payload[], string[]]>([
    ['are upper case, each once', [{ operation: 'add', tags: ['vip', ' VIP ', 'New'] }], ['VIP', 'NEW']],
    [
      'are added to those there',
      [
        { operation: 'add', tags: ['a'] },
        { operation: 'add', tags: ['b', 'a'] },
      ],
      ['A', 'B'],
    ],
    [
      'are removed in any case',
      [
        { operation: 'add', tags: ['a', 'b'] },
        { operation: 'remove', tags: ['A', 'c'] },
      ],
      ['B'],
    ],
    [
      'are replaced',
      [
        { operation: 'add', tags: ['a'] },
        { operation: 'replace', tags: ['b'] },
      ],
      ['B'],
    ],
    ['are cleared', [{ operation: 'add', tags: ['a'] }, { operation: 'clear' }], []],
    ['come whole in the older form', [{ operation: 'add', tags: ['a'] }, { core_public_tags: ['x', 'y'] }], ['X', 'Y']],
    ['that are no texts are none', [{ operation: 'add', tags: ['a', 5, null, '', '  ', 'x'.repeat(101)] }], ['A']],
    ['may come as one text', [{ operation: 'add', tags: 'solo' }], ['SOLO']],
    [
      'stay under an operation that is none',
      [
        { operation: 'add', tags: ['a'] },
        { operation: 'toggle', tags: ['b'] },
      ],
      ['A'],
    ],
    [
      'stay under the older form without its list',
      [{ operation: 'add', tags: ['a'] }, { core_public_tags: 'x' }],
      ['A'],
    ],
  ])('%s', (_, payloads, wanted) => expect(tags(...payloads)).toEqual(wanted));

  test('beyond the bound the oldest go first', () => {
    const many = tags({ operation: 'add', tags: Array.from({ length: 201 }, (_, n) => `t${n}`) });
    expect([many.length, many[0], many.at(-1)]).toEqual([200, 'T1', 'T200']);
  });
});

describe('a profile', () => {
  const vip = (...writes: [unknown, Trust][]): unknown =>
    folded(...writes.map(([vip, trust]) => fact('update_profile', { vip } as Payload, trust))).properties.vip;

  test.each<[string, [unknown, Trust][], unknown]>([
    ['is written by anybody once', [[1, 'unverified']], { value: 1, trust: 'unverified' }],
    [
      'is overwritten by the same trust',
      [
        [1, 'unverified'],
        [2, 'unverified'],
      ],
      { value: 2, trust: 'unverified' },
    ],
    [
      'is overwritten by a higher trust',
      [
        [1, 'unverified'],
        [2, 'verified'],
        [3, 'server'],
      ],
      { value: 3, trust: 'server' },
    ],
    [
      'is not overwritten by a page after a server',
      [
        [1, 'server'],
        [2, 'verified'],
        [3, 'unverified'],
      ],
      { value: 1, trust: 'server' },
    ],
    [
      'is not overwritten by an unproven page after a proven one',
      [
        [1, 'verified'],
        [2, 'unverified'],
      ],
      { value: 1, trust: 'verified' },
    ],
  ])('%s', (_, writes, wanted) => expect(vip(...writes)).toEqual(wanted));

  test('knows its language by either name, as two letters', () => {
    expect(folded(fact('update_profile', { language: 'PT-br' })).language).toBe('pt');
    expect(folded(fact('update_profile', { core_user_language: 'EN' })).language).toBe('en');
    expect(folded(fact('update_profile', { language: 'klingon' })).language).toBeNull();
    expect(
      folded(fact('update_profile', { language: 'de' }, 'server'), fact('update_profile', { language: 'en' })).language,
    ).toBe('de');
  });

  test('takes names that JavaScript objects have, and no harm', () => {
    const payload = JSON.parse('{"__proto__":{"x":1},"constructor":"c","toString":1}') as Payload;
    const { properties } = folded(fact('update_profile', payload));
    expect(Object.keys(properties)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(properties)).toBe(Object.prototype);
    expect(JSON.parse(JSON.stringify(properties))).toEqual(properties);
  });

  test('keeps 200 facts, those written last, and no documents', () => {
    const wide = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`p${n}`, n]));
    const state = folded(
      fact('update_profile', wide),
      fact('update_profile', { p0: 'again' }),
      fact('update_profile', { last: 1, document: 'x'.repeat(2_000) }),
    );
    expect(Object.keys(state.properties)).toHaveLength(200);
    expect([state.properties.p0?.value, state.properties.p1, state.properties.last?.value]).toEqual([
      'again',
      undefined,
      1,
    ]);
    expect(state.properties.document).toBeUndefined();
  });

  test('what a page says of them never pushes out what a server said', () => {
    const junk = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`junk${n}`, n]));
    const { properties } = folded(
      fact('update_profile', { vip: false }, 'server'),
      fact('update_profile', junk),
      fact('update_profile', { vip: true }),
    );
    expect(properties.vip).toEqual({ value: false, trust: 'server' });
    expect([Object.keys(properties).length, properties.junk0, properties.junk1?.value]).toEqual([200, undefined, 1]);
  });

  test('stay small together, however long each is and its name', () => {
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`p${n}`, 'x'.repeat(1_900)]));
    const { properties } = folded(
      fact('update_profile', wide),
      fact('update_profile', { ['n'.repeat(201)]: 1, last: 'x'.repeat(1_900) }),
    );
    expect(JSON.stringify(properties).length).toBeLessThan(65_000);
    expect(Object.keys(properties).at(-1)).toBe('last');
    expect(Object.keys(properties)).not.toContain('n'.repeat(201));
  });
});

describe('other events', () => {
  test.each<[string, string, Payload, Partial<CustomerState>]>([
    ['a nickname', 'gf_nickname_changed', { public_username: ' Lucky ' }, { nickname: 'Lucky' }],
    ['an empty nickname', 'gf_nickname_changed', { public_username: '  ' }, { nickname: null }],
    [
      'an avatar',
      'gf_avatar_changed',
      { avatar_id: 'https://cdn.op.example/a.png' },
      { avatar: 'https://cdn.op.example/a.png' },
    ],
    ['an avatar that is a script', 'gf_avatar_changed', { avatar_id: 'javascript:alert(1)' }, { avatar: null }],
    ['an avatar without a host', 'gf_avatar_changed', { avatar_id: '/a.png' }, { avatar: null }],
    ['a language', 'core_language_changed', { language: 'uk-UA' }, { language: 'uk' }],
    ['an entry point', 'core_set_last_login_entry', { core_last_login_entry: 'banner' }, { entry_point: 'banner' }],
    [
      'a login',
      'login',
      { core_last_login_entry: 'mail', language: 'es' },
      { last_login_at: 5_000, entry_point: 'mail', language: 'es' },
    ],
    ['a login without more', 'login', {}, { last_login_at: 5_000, entry_point: null, language: null }],
    ['a logout', 'logout', {}, { last_login_at: null }],
    ['an event of the operator’s own', 'client_action', { client_action: 'x', tags: ['y'] }, { tags: [] }],
  ])('%s', (_, type, payload, wanted) => expect(folded(fact(type, payload))).toMatchObject(wanted));
});

describe('what became of an engagement', () => {
  const withOne: CustomerState = {
    ...anna,
    engagements: [
      {
        uid: 'e-1',
        kind: 'popup',
        at: 1,
        expires_at: null,
        status: 'pending',
        status_at: 1,
        from: 'admin',
        about: 'Hi',
      },
    ],
  };
  const status = (...types: string[]): string | undefined =>
    types.map((type) => fact(type, { engagement_uid: 'e-1' })).reduce(foldEvent, withOne).engagements[0]?.status;

  test.each<[string[], string]>([
    [['engagement_impression'], 'shown'],
    [['engagement_impression', 'engagement_action'], 'clicked'],
    [['engagement_action', 'engagement_impression'], 'clicked'],
    [['engagement_failed'], 'failed'],
    [['engagement_failed', 'engagement_impression'], 'shown'],
    [['engagement_impression', 'engagement_failed'], 'shown'],
  ])('%j is %s', (types, wanted) => expect(status(...types)).toBe(wanted));

  test('a report of an engagement that the customer never had changes nothing', () => {
    expect(foldEvent(withOne, fact('engagement_action', { engagement_uid: 'e-2' }))).toBe(withOne);
  });
});

test('a message that a leaving page deleted is gone, and no other', () => {
  const entry = (uid: string) => ({ uid, at: 1, category_id: null, expires_at: null, read: false, starred: false });
  const state = { ...anna, inbox: [entry('m-1'), entry('m-2')] };
  const left = foldEvent(state, fact('inbox_message_deleted', { engagement_uid: 'm-1' }));
  expect(left.inbox.map(({ uid }) => uid)).toEqual(['m-2']);
});

test('an event that is in the state already changes nothing', () => {
  const add = fact('core_public_tags_update', { operation: 'add', tags: ['a'] });
  const clear = fact('core_public_tags_update', { operation: 'clear' });
  const state = folded(add, clear);
  expect(foldEvent(state, add)).toBe(state);
  expect(state.folded).toBe(clear.cursor);
});

describe('a registration', () => {
  const drawn = (share: number): number =>
    Array.from({ length: 1_000 }, (_, n) =>
      registered({ key: `u:${n}`, user: `${n}` }, { ...label, gamificationShare: share }, 0),
    ).filter(({ control_group }) => control_group).length;

  test('puts as many into the control group as gamification leaves out', () => {
    expect([drawn(100), drawn(0)]).toEqual([0, 1_000]);
    expect(drawn(90)).toBeGreaterThan(60);
    expect(drawn(90)).toBeLessThan(140);
  });

  test('draws the same for the same customer, and a number that clients can hold', () => {
    const again = registered({ key: 'u:anna', user: 'anna' }, label, 9_000);
    expect([again.number, again.control_group]).toEqual([anna.number, anna.control_group]);
    expect(anna.number).toBeLessThan(2 ** 31);
    expect(registered({ key: 'u:anna', user: 'anna' }, { ...label, name: 'other' }, 0).number).not.toBe(anna.number);
  });
});
