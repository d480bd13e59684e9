/** Every reader of the collector under hostile JSON: a value, or its own kind of problem with a place; nothing else is thrown. */
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect } from 'vitest';
import { readRequest } from '../../src/collector/engagement/request.ts';
import { checkHash, type HashRules, lengthPrefixed } from '../../src/collector/hashes.ts';
import { readRegistration } from '../../src/collector/operator/registry-request.ts';
import { ProtocolError } from '../../src/collector/protocol/answer.ts';
import {
  engagementField,
  flagField,
  payloadField,
  textField,
  userField,
  wholeField,
} from '../../src/collector/protocol/fields.ts';
import { readClientEvents } from '../../src/collector/publisher/client-events.ts';
import { momentIn } from '../../src/collector/publisher/moment.ts';
import { readNotice } from '../../src/collector/push/notice.ts';
import { Refusal } from '../../src/collector/refusal.ts';
import { readQuery } from '../../src/collector/routes/query.ts';
import type { Message } from '../../src/wire/protocol.ts';
import { md5Hash } from '../support/batches.ts';
import { CANARY, hostileJson, mutated, names } from '../support/mutation.ts';
import { holds } from '../support/properties.ts';

/** What was answered, or the problem of the one kind that may be thrown. */
const orRefused = <Value>(kind: new (...given: never[]) => Error, read: () => Value): Value | undefined => {
  try {
    return read();
  } catch (cause) {
    expect(cause).toBeInstanceOf(kind);
    return undefined;
  }
};
const places = {
  own: new Set(['https://c.example']),
  linkHosts: ['op.example'],
  assetOrigins: ['https://img.example'],
};

const rules: HashRules = {
  labelKeys: ['key'],
  salts: ['salt', 'older'],
  maxValidityDays: null,
  graceDays: 7,
  form: 'any',
};
const v2 = (user: string, validity: number): string =>
  `v2.${createHmac('sha256', 'salt')
    .update(['key', user, `${validity}`].map(lengthPrefixed).join(''))
    .digest('base64url')}:${validity}`;
const users = fc.oneof(fc.constantFrom('bob', 'BOB', 'kate', 'a:b', '1'), fc.string({ minLength: 1, maxLength: 40 }));
const hashes = fc
  .tuple(users, fc.constantFrom(1, 1e12, 2e12), fc.constantFrom('md5', 'v2'))
  .map(([user, until, form]) => ({
    user,
    hash: form === 'v2' ? v2(user, until) : md5Hash(user, 'salt', until),
  }));

holds(
  'a hash proves the user it was made for, and with any letter of it changed proves nobody',
  3_000,
  fc.tuple(hashes, fc.nat(), fc.constantFrom(...'0123456789abcdefghijklmnopqrstuvwxyz.:-_ \u0000é')),
  ([{ user, hash }, at, letter]) => {
    const isHeld = (given: string): boolean => checkHash(user, given, rules, 0).is === 'held';
    // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is exactly this range
    expect(isHeld(hash)).toBe(hash.startsWith('v2.') || /^[\u0000-\u007f]*$/.test(user));
    const place = at % hash.length;
    const other = hash.slice(0, place) + letter + hash.slice(place + 1);
    // The last letter of base64url says two bits that are in no byte.
    const isSpelling = hash.startsWith('v2.') && place === 45;
    if (other.toLowerCase() !== hash.toLowerCase() && !isSpelling) expect(isHeld(other)).toBe(false);
  },
);

holds(
  'whatever calls itself a hash is judged',
  2_000,
  fc.tuple(users, fc.string({ maxLength: 80 })),
  ([user, hash]) => {
    expect(['malformed', 'wrong']).toContain(checkHash(user, hash, rules, 0).is);
  },
);

const about = { section: 's', channel: 'Email', serveToken: 't', imageSlots: ['a'], displayPosition: 1 };
const clientEvent = {
  clientEventId: 'client-event-1',
  clientEventType: 'AdImpression',
  clientEvent: 'AdViewableImpression',
  clientEventTimestamp: '2026-03-01T12:00:00Z',
  clientEventMetadata: about,
};

holds(
  'client events have a verdict each',
  4_000,
  mutated(fc.array(fc.constant(clientEvent), { minLength: 1, maxLength: 3 }).map((clientEvents) => ({ clientEvents }))),
  (body) => {
    const read = readClientEvents(body, 'customer', { meta: 'm' }, new Set(['t']));
    if (!read.ok) return expect(read.problem.code).toMatch(/^(bad_batch|too_many_events)$/);
    expect(read.value.events).toHaveLength((body as { clientEvents: unknown[] }).clientEvents.length);
    for (const one of read.value.events) if (!one.ok) expect(one.problem.rule + one.problem.got).not.toContain(CANARY);
  },
);

const popup = {
  kind: 'popup',
  title: 'T',
  body: 'B',
  html: '<p style="color:red">x</p>',
  width: 300,
  buttons: [{ text: 'Go', action: 'dp:inbox' }],
  expires_at: 2e12,
};
const inbox = { kind: 'inbox', title: 'T', body: 'B', image: 'https://img.example/a.png', custom_data: { a: [1] } };

holds(
  'what an operator asks to be sent is read, or every mistake has its path',
  3_000,
  mutated(fc.constantFrom<object>(popup, inbox, { kind: 'deep_link', dp: 'dp:action&action=x' })),
  (request) => {
    const read = readRequest(request, places, 0);
    if (!read.ok) expect(read.mistakes.length).toBeGreaterThan(0);
    else {
      const said = JSON.stringify(read.requested.content);
      expect(said).not.toMatch(/"(action|image|dp)":"javascript:/);
      expect(/"html":"(.*?[^\\])"/.exec(said)?.[1] ?? '').not.toContain('<script');
    }
    orRefused(Refusal, () => readNotice(request, places, 0));
  },
);

holds(
  'what an operator registers is read, or refused',
  2_000,
  mutated(
    fc.constant({ kind: 'action', name: 'deposit', fields: { amount: { type: 'number' }, card: { drop: true } } }),
  ),
  (body) => {
    const read = orRefused(Refusal, () => readRegistration(body));
    if (read) expect(['action', 'event_type', 'entry_point']).toContain(read.kind);
  },
);

const message = {
  cid: 9,
  uuid: 'u',
  engagement_uid: 'e',
  message_guid: 'g',
  ext_user_id: 'bob',
  limit: 5,
  is: 1,
  payload: {},
};

holds('a field of a message is read, or refused by its name', 3_000, mutated(fc.constant(message)), (value) => {
  const given = Object(value) as Message;
  const text = orRefused(ProtocolError, () => textField(given, 'uuid', 64));
  if (text !== undefined) expect(text.length).toBeLessThanOrEqual(64);
  const user = orRefused(ProtocolError, () => userField(given, 'ext_user_id'));
  if (user !== undefined) expect(user.trim()).not.toBe('');
  const limit = orRefused(ProtocolError, () => wholeField(given, 'limit', 10));
  if (limit !== undefined) expect(limit).toBeGreaterThanOrEqual(0);
  for (const read of [engagementField, payloadField, (one: Message) => flagField(one, 'is')])
    orRefused(ProtocolError, () => read(given));
});

holds(
  'a query is read by its known names, or refused',
  2_000,
  fc.dictionary(
    fc.constantFrom('limit', 'after', 'eid', ...names),
    fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.constantFrom('1e3', '-1', '0x10', '9'.repeat(40)),
      fc.constant(['1', '2']),
    ),
  ),
  (given) => {
    const read = orRefused(Refusal, () => readQuery(given, ['limit', 'after', 'eid']));
    const limit = read && orRefused(Refusal, () => read.whole('limit', 1, 100));
    if (limit !== undefined) expect(Number.isSafeInteger(limit) && limit > 0 && limit < 101).toBe(true);
  },
);

holds(
  'a moment is of the calendar, or none',
  1_000,
  fc.oneof(hostileJson, fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d(Z|[+-]\d{4})?$/)),
  (value) => {
    const moment = momentIn(value);
    if (moment) expect(Number.isNaN(new Date(moment.at).getTime())).toBe(false);
  },
);
