/** The door under hostile JSON: a value or an exact problem for everything, a verdict for every event, and never a word of what was sent. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { requestCodes, verdictCodes } from '../../src/wire/codes.ts';
import {
  type Parsed,
  parseAnswer,
  parseBatch,
  parseBrowserEvent,
  parseEnvelope,
  parseEnvelopes,
  problemText,
} from '../../src/wire/parse.ts';
import { parseMessage } from '../../src/wire/parse-message.ts';
import { batch, browserEvent, envelope } from '../support/batches.ts';
import { CANARY, hostileJson, mutated } from '../support/mutation.ts';
import { holds } from '../support/properties.ts';

const codes = new Set<string>([...Object.keys(requestCodes), ...verdictCodes]);

/** Exact: a code of the list, a place, and the type of what was found there. */
const expectExact = (one: Parsed<unknown>): void => {
  if (one.ok) return;
  expect(codes).toContain(one.problem.code);
  const text = problemText(one.problem);
  expect(text.length).toBeLessThan(500);
  // Names stand in a path; values stand nowhere.
  const { rule, got } = one.problem;
  expect(rule + got).not.toContain(CANARY);
};
const again = <Value>(value: Value): unknown => JSON.parse(JSON.stringify(value));

const user = fc.constantFrom('BOB', 'müller', '1', 7, null);
const payload = fc.constantFrom(
  { client_action: 'click', price: 5, tags: ['a', { b: null }] },
  { client_action: 'x'.repeat(200), deep: { er: { still: [1, 2, 3] } } },
  { action: 'of a phone' },
);
const goodEvent = fc.record({ user_ext_id: user, payload, source: fc.constantFrom('api', 'auto', 'deep_link') });
const framed = { source: 'bridge', frame: 'https://platform.example' };
const signed = { source: 'deep_link', link: { exp: 1, sig: 'a'.repeat(43) } };
const events = fc.array(fc.oneof(goodEvent, fc.constantFrom(framed, signed)), { minLength: 1, maxLength: 4 });
const batches = mutated(
  events.map((all) =>
    batch(all.map(browserEvent), {
      hashes: { BOB: `${'0'.repeat(32)}:1` },
      losses: { overflow: 3 },
      pages: [{ page_id: 'page-of-test', session_id: 'session-of-test', seq: 3 }],
    }),
  ),
);

holds('a batch has a verdict for each of its events, or one exact problem', 16_000, batches, (body) => {
  const parsed = parseBatch(body);
  expectExact(parsed);
  if (!parsed.ok) return;
  const sent = (body as { events: unknown[] }).events;
  expect(parsed.value.events).toHaveLength(sent.length);
  for (const [index, one] of parsed.value.events.entries()) {
    expectExact(one);
    if (one.ok) expect(again(parseBrowserEvent(again(one.value), ''))).toEqual(again({ ok: true, value: one.value }));
    else expect(one.problem.path.startsWith(`events[${index}]`)).toBe(true);
  }
});

holds(
  'envelopes of a server have the same',
  8_000,
  mutated(
    fc
      .array(fc.record({ user_ext_id: user, payload }), { minLength: 1, maxLength: 3 })
      .map((all) => (all.length === 1 ? envelope(all[0]) : all.map(envelope))),
  ),
  (body) => {
    const parsed = parseEnvelopes(body);
    expectExact(parsed);
    if (!parsed.ok) return;
    expect(parsed.value).toHaveLength(Array.isArray(body) ? body.length : 1);
    for (const one of parsed.value) {
      expectExact(one);
      if (one.ok) expect(again(parseEnvelope(again(one.value), ''))).toEqual(again({ ok: true, value: one.value }));
    }
  },
);

holds('whatever JSON it is, it is answered', 6_000, hostileJson, (body) => {
  for (const parse of [parseBatch, parseEnvelopes]) expectExact(parse(body));
  expectExact(parseEnvelope(body, 'event'));
});

holds(
  'a message of the protocol is one, or the rule that it breaks',
  4_000,
  mutated(fc.constant({ cid: 9, uuid: 'uuid-of-test', ts: 1, eventType: 'x', payload: { a: [1] } })),
  (value) => {
    const parsed = parseMessage(value);
    if (!parsed.ok) expect(parsed.rule).not.toContain(CANARY);
    else expect(parseMessage(again(parsed.message))).toEqual(again(parsed));
  },
);

holds(
  'an answer acknowledges only what is one',
  4_000,
  mutated(
    fc.constant({
      batch_id: 'b1',
      request_id: 'r1',
      duplicate: ['eid-of-test'],
      rejected: [{ index: 0, eid: null, code: 'bad_eid', message: 'must be' }],
    }),
  ),
  (body) => {
    const answer = parseAnswer(body, 'b1');
    if (!answer) return;
    expect(answer.batch_id).toBe('b1');
    expect(answer.rejected.every(({ index }) => Number.isSafeInteger(index))).toBe(true);
  },
);
