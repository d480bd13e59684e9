import { describe, expect, test } from 'vitest';
import { type CallMessage, earOf, earText, LONGEST, readGuest, readHost } from '../../src/bridge/messages.ts';

const guestSays = {
  call: { type: 'call', id: 1, method: 'event', args: ['x', { amount: 5 }], asks: false },
  nonce: { type: 'nonce', nonce: 'V1StGXR8_Z5jd' },
  alive: { type: 'alive' },
  bye: { type: 'bye' },
};
const hostSays = {
  taken: { type: 'taken', id: 1 },
  answer: { type: 'answer', id: 1, value: { stored: 1 } },
  refusal: { type: 'refusal', id: 1, code: 'unknown_method', message: 'eval' },
  heard: { type: 'heard', ear: 1, args: [0, 'text', null] },
  released: { type: 'released', ear: 1 },
  news: { type: 'news', news: { user: null } },
  ping: { type: 'ping' },
};
const doors = [
  { name: 'the host’s door', read: readGuest as (text: string) => unknown, hears: guestSays, others: hostSays },
  { name: 'the guest’s door', read: readHost as (text: string) => unknown, hears: hostSays, others: guestSays },
];

/** What stands in a field in place of what belongs there. */
const wrong = [null, true, -1, 0, 1.5, '1', 'event', [], ['event'], {}, { 0: 1, length: 1 }, 2 ** 53, '\0ear 1'];
const counts = [0, -1, 1.5, 2 ** 53, 1e300, '1', null, true, [1], { valueOf: 1 }];
const texts: unknown[] = [0, 1, null, true, [], ['text'], {}, { toString: 'text' }];
const lists = [null, 'text', 5, true, {}, { 0: 'x', length: 1 }];
const flags = [null, 0, 1, 'true', [], {}];
const fields: { message: object; field: string; bad: unknown[] }[] = [
  { message: guestSays.call, field: 'id', bad: counts },
  { message: guestSays.call, field: 'method', bad: texts },
  { message: guestSays.call, field: 'args', bad: lists },
  { message: guestSays.call, field: 'asks', bad: flags },
  { message: guestSays.nonce, field: 'nonce', bad: texts },
  { message: hostSays.taken, field: 'id', bad: counts },
  { message: hostSays.answer, field: 'id', bad: counts },
  { message: hostSays.refusal, field: 'id', bad: counts },
  { message: hostSays.refusal, field: 'code', bad: texts },
  { message: hostSays.refusal, field: 'message', bad: texts },
  { message: hostSays.heard, field: 'ear', bad: counts },
  { message: hostSays.heard, field: 'args', bad: lists },
  { message: hostSays.released, field: 'ear', bad: counts },
];
const read = (text: string) => readGuest(text) ?? readHost(text);

describe.each(doors)('$name', ({ read, hears, others }) => {
  test.each(Object.entries(hears))('lets %s through as it was said', (_type, message) => {
    expect(read(JSON.stringify(message))).toEqual(message);
  });

  test.each(Object.entries(others))('does not let %s through: that is the other side’s word', (_type, message) => {
    expect(read(JSON.stringify(message))).toBeUndefined();
  });

  test.each([
    '',
    ' ',
    'null',
    'undefined',
    'true',
    '0',
    '-0',
    '1e999',
    '"call"',
    '"bye"',
    '[]',
    '["bye"]',
    '[{"type":"bye"}]',
    '{}',
    '{"type":"bye"',
    "{'type':'bye'}",
    '{"type":"bye"}{"type":"bye"}',
    '{"type":"ping",}',
    '\uFEFF{"type":"bye"}',
    '{"Type":"bye"}',
    '{"bye":{}}',
    '<x>',
  ])('lets nothing through for %j', (text) => {
    expect(read(text)).toBeUndefined();
  });

  test.each([
    '__proto__',
    'constructor',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'prototype',
    'then',
    'CALL',
    'call ',
    '',
    ...wrong.filter((type) => type !== 'event'),
    ...[...Object.keys(hears), ...Object.keys(others)].map((type) => [type]),
    { toString: 'bye' },
  ])('knows no message of the type %j', (type) => {
    const message = { ...Object.assign({}, ...Object.values(hears)), type };
    expect(read(JSON.stringify(message))).toBeUndefined();
  });

  test('a type that is only inherited is none', () => {
    expect(read('{"__proto__":{"type":"bye"}}')).toBeUndefined();
    expect(read('{"__proto__":{"type":"ping"}}')).toBeUndefined();
  });

  test('lists in lists, as deep as a text can be, break nothing', () => {
    const deep = '['.repeat(LONGEST / 2 - 100) + ']'.repeat(LONGEST / 2 - 100);
    expect(read(deep)).toBeUndefined();
    expect(() => read(`{"type":"call","id":1,"method":"event","asks":false,"args":${deep}}`)).not.toThrow();
    expect(read('['.repeat(LONGEST))).toBeUndefined();
    expect(read(`${'{"a":'.repeat(50_000)}`)).toBeUndefined();
  });
});

describe('a text of any length', () => {
  const padded = (message: object, length: number) => JSON.stringify(message).padEnd(length);

  test(`is read by the host up to ${LONGEST} characters, and not at all beyond`, () => {
    expect(readGuest(padded(guestSays.call, LONGEST))).toEqual(guestSays.call);
    expect(readGuest(padded(guestSays.call, LONGEST + 1))).toBeUndefined();
  });

  test('is read by the guest, who asked for it', () => {
    expect(readHost(padded(hostSays.answer, 8 * LONGEST))).toEqual(hostSays.answer);
  });
});

describe('a message with one wrong field is none', () => {
  const cases = fields.flatMap(({ message, field, bad }) =>
    bad.map((value) => ({ name: `${(message as { type: string }).type}.${field}`, message, field, value })),
  );
  test.each(cases)('$name = $value', ({ message, field, value }) => {
    expect(read(JSON.stringify({ ...message, [field]: value }))).toBeUndefined();
  });

  test.each(fields)('$message.type without its $field', ({ message, field }) => {
    expect(read(JSON.stringify({ ...message, [field]: undefined }))).toBeUndefined();
  });
});

test('what names itself `__proto__` in a message stays a name, and changes no object', () => {
  const text =
    '{"type":"call","id":1,"method":"event","asks":false,"args":[{"__proto__":{"admin":true}}],"__proto__":{}}';
  const { args } = readGuest(text) as CallMessage;
  expect(Object.getPrototypeOf(args[0])).toBe(Object.prototype);
  expect(Object.keys(Object(args[0]))).toEqual(['__proto__']);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

describe('a function travels as its number', () => {
  test('which is the same on both sides', () => {
    for (const ear of [1, 2, 999, 123_456]) expect(earOf(earText(ear))).toBe(ear);
  });

  test.each([
    'ear 1',
    '\0ear',
    '\0ear ',
    '\0ear x',
    '\0ear 0',
    '\0ear -1',
    '\0ear 1.5',
    '\0ear Infinity',
    '\0ear 1 2',
    '\0EAR 1',
    ' \0ear 1',
    1,
    null,
    undefined,
    ['\0ear 1'],
    { ear: 1 },
  ])('%j is no number of a function', (value) => {
    expect(earOf(value)).toBe(0);
  });
});
