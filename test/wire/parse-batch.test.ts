import { describe, expect, expectTypeOf, test } from 'vitest';
import { requestCodes, sdkCodes, verdictCodes } from '../../src/wire/codes.ts';
import type { Batch, BrowserEvent, Envelope } from '../../src/wire/event.ts';
import { limits } from '../../src/wire/limits.ts';
import { type Parsed, parseAnswer, parseBatch, parseEnvelopes } from '../../src/wire/parse.ts';
import { batch, browserEvent, envelope } from '../support/batches.ts';

const value = (body: unknown) => {
  const parsed = parseBatch(body);
  if (!parsed.ok) throw new Error(parsed.problem.rule);
  return parsed.value;
};
const brackets = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('a batch', () => {
  test('with one bad event at index 7 is taken whole, and the bad one says what is wrong (I15)', () => {
    const events: unknown[] = Array.from({ length: 10 }, () => browserEvent());
    events[7] = { ...browserEvent(), payload: 'not an object' };
    const parsed = value(batch(events)).events;
    expect(parsed.map(({ ok }) => ok)).toEqual([true, true, true, true, true, true, true, false, true, true]);
    expect(parsed[7]).toMatchObject({ problem: { code: 'payload_not_object', path: 'events[7].payload' } });
  });

  test.each<[string, unknown, string, string, string]>([
    ['null', null, 'bad_batch', 'body', 'null'],
    ['a list', [], 'bad_batch', 'body', 'array'],
    ['no batch_id', batch([], { batch_id: '' }), 'bad_batch', 'batch_id', 'string'],
    ['a batch_id of 65 characters', batch([], { batch_id: 'b'.repeat(65) }), 'bad_batch', 'batch_id', 'string'],
    ['no label', batch([], { label_key: 7 }), 'bad_batch', 'label_key', 'number'],
    ['no device', batch([], { device_id: 'd' }), 'bad_batch', 'device_id', 'string'],
    ['no time', batch([], { sent_at: null }), 'bad_batch', 'sent_at', 'null'],
    ['events that are no list', batch([], { events: {} }), 'bad_batch', 'events', 'object'],
    ['1,001 events', batch(Array(1001).fill(0)), 'too_many_events', 'events', 'array'],
    ['brackets 100,000 deep (I05)', brackets(100_000), 'too_deep', 'body', 'array'],
  ])('%s is refused with its path', (_name, body, code, path, got) => {
    expect(parseBatch(body)).toMatchObject({ ok: false, problem: { code, path, got } });
  });

  test('brackets 100,000 deep in the place of an event cost that event only (I05)', () => {
    const parsed = value(
      batch([browserEvent(), brackets(100_000), browserEvent({ payload: { a: brackets(100_000) } })]),
    );
    expect(parsed.events).toMatchObject([
      { ok: true },
      { problem: { code: 'bad_event' } },
      { problem: { code: 'too_deep' } },
    ]);
  });

  test('what rides along may be wrong in parts: the good parts count and the events stay', () => {
    const page = { page_id: 'page-0001', session_id: 'sess-0001', seq: 3 };
    const taken = value(
      batch([browserEvent()], {
        hashes: { u1: 'hash', u2: 5, u3: 'h'.repeat(300) },
        losses: { overflow: 2, storage: -1, too_large: '3', flood: 5, stolen: 4 },
        pages: [null, page, { ...page, seq: -1 }, { ...page, seq: 0 }, { ...page, page_id: 5 }, { ...page, extra: 1 }],
      }),
    );
    expect({ ...taken.hashes }).toEqual({ u1: 'hash', u2: '', u3: 'h'.repeat(256) });
    expect(taken.losses).toEqual({ overflow: 2, flood: 5 });
    expect(taken.pages).toEqual([page, page]);
    expect(taken.events[0]?.ok).toBe(true);
  });

  test.each([[null], [undefined], [7], ['x'], [[]]])('side fields that are %j count as none', (nothing) => {
    const taken = value(batch([browserEvent()], { hashes: nothing, losses: nothing, pages: nothing }));
    expect({ ...taken.hashes, ...taken.losses }).toEqual({});
    expect(taken.pages).toEqual([]);
  });

  test('a user called `__proto__` has a hash like any other', () => {
    const { hashes } = value({ ...batch([]), hashes: JSON.parse('{"__proto__":"h","constructor":"c"}') });
    expect(Object.keys(hashes)).toEqual(['__proto__', 'constructor']);
    expect(Object.entries(hashes)[0]).toEqual(['__proto__', 'h']);
    expect(value(batch([])).hashes.toString).toBeUndefined();
  });

  test('carries at most 100 hashes and 200 pages', () => {
    const pages = Array.from({ length: 201 }, (_, index) => ({
      page_id: `page-${1000 + index}`,
      session_id: 'sess-0001',
      seq: 1,
    }));
    const hashes = Object.fromEntries(pages.slice(0, 101).map(({ page_id }) => [page_id, 'h']));
    const taken = value(batch([], { pages, hashes }));
    expect([Object.keys(taken.hashes).length, taken.pages.length]).toEqual([limits.hashes, limits.pages]);
  });
});

describe('a server sends', () => {
  test('one envelope or a list of them, each with its own verdict', () => {
    const one = parseEnvelopes(envelope());
    expect(one).toMatchObject({ ok: true, value: [{ ok: true }] });
    const list = parseEnvelopes([envelope(), 5]);
    expect(list).toMatchObject({
      ok: true,
      value: [{ ok: true }, { problem: { code: 'bad_event', path: 'events[1]' } }],
    });
  });

  test.each([
    ['text', 'x', 'bad_batch'],
    ['1,001 envelopes', Array(1001).fill(0), 'too_many_events'],
    ['brackets', brackets(100), 'too_deep'],
  ])('%s: refused', (_name, body, code) => {
    expect(parseEnvelopes(body)).toMatchObject({ ok: false, problem: { code } });
  });
});

describe('an answer acknowledges', () => {
  const answer = { batch_id: 'b1', request_id: 'r', duplicate: [], rejected: [] };

  test('if it echoes the batch and has both lists', () => {
    expect(parseAnswer(answer, 'b1')).toEqual(answer);
  });
  test.each([
    ['another batch', { ...answer, batch_id: 'b2' }],
    ['no batch', { ...answer, batch_id: undefined }],
    ['no list of rejections', { ...answer, rejected: undefined }],
    ['duplicates that are no list', { ...answer, duplicate: 'b1' }],
    ['a captive portal: "OK"', 'OK'],
    ['null', null],
  ])('not if it is of %s', (_name, body) => {
    expect(parseAnswer(body, 'b1')).toBeUndefined();
  });
});

test('a code has one meaning: no list names it twice', () => {
  for (const codes of [Object.keys(requestCodes), verdictCodes, sdkCodes])
    expect(new Set(codes).size).toBe(codes.length);
});

test('what is parsed is typed: nothing unknown leaves the door', () => {
  expectTypeOf(parseBatch).returns.toEqualTypeOf<Parsed<Batch<Parsed<BrowserEvent>>>>();
  expectTypeOf(parseEnvelopes).returns.toEqualTypeOf<Parsed<Parsed<Envelope>[]>>();
  expectTypeOf(parseAnswer).parameter(0).toBeUnknown();
});

test('losses by number are read leniently: what is no stretch of a page is left out, and at most 200 count', () => {
  const lost = { page_id: 'page-0001', session_id: 'session-1', reason: 'overflow', from: 3, to: 5 };
  const read = (said: unknown) => value(batch([], { lost: said })).lost;
  expect(read([{ ...lost, more: 1 }])).toEqual([lost]);
  for (const wrong of [
    ...[null, 'lost', {}, { ...lost, page_id: 'x' }, { ...lost, session_id: 5 }, { ...lost, reason: 'other' }],
    ...[
      { ...lost, from: 0 },
      { ...lost, from: 6 },
      { ...lost, to: 5.5 },
      { ...lost, to: '5' },
      { ...lost, to: 2 ** 60 },
    ],
    { ...lost, from: 1, to: 100_001 },
  ])
    expect(read([wrong, lost])).toEqual([lost]);
  expect(read(Array(300).fill(lost))).toHaveLength(200);
  for (const none of [undefined, null, {}, 'lost']) expect(read(none)).toEqual([]);
});
