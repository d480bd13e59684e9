/** Messages of the log's stream as bytes: whatever goes in comes out, and what cannot be read says so. */
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { decode, encode, type Part, piecesOf, type Said } from '../../../src/collector/cluster/log/message.ts';
import type { Submission } from '../../../src/collector/store/event-log.ts';
import { chanceOf, seeds } from '../../support/seeds.ts';
import { event, submission } from '../../support/submissions.ts';

const MOST_BYTES = 100_000;
const partsOf = (group: Submission[]): Part[] => group.map((one, of) => ({ of, submission: one }));
/** Text that deflating does not make shorter. */
const noise = (bytes: number): string => randomBytes(bytes).toString('base64');
const refused = (n: number) => ({
  at: n,
  index: n,
  eid: null,
  code: 'bad_eid',
  message: noise(300),
  event_type: null,
  user_ext_id: 'anna',
  from: 'browser' as const,
  request_id: 'r',
});
const page = { page_id: 'page-001', session_id: 'session-1' };

test('a group is read back as it was said, short or long, with every character that a text can have', () => {
  for (const many of [1, 500]) {
    const group = [
      submission({
        weight: 0,
        events: Array.from({ length: many }, (_, n) =>
          event(`back-${n}`, {
            index: n,
            user_ext_id: 'x\ud800 é 漢',
            payload: `{"text":"\\ud800 ${n}"}`,
            frame: 'https://a.example',
          }),
        ),
        rejected: [refused(1)],
        losses: [['overflow', 3]],
        pages: [{ ...page, seq: 9 }],
        lost: [{ ...page, reason: 'overflow', from: 2, to: 3 }],
        arrived: [{ ...page, seq: 4 }],
      }),
      submission({ weight: 0, device_id: null }),
    ];
    const said: Said = { is: 'said', group, blanks: [[0, 7]] };
    expect(decode(encode(said), 1)).toEqual(said);
  }
});

test('orders are read back as they were given', () => {
  for (const order of [
    { is: 'register', label: 'casino', kind: 'action', name: 'buy', fields: { card: { drop: true } } },
    { is: 'unregister', label: 'casino', kind: 'event_type', name: 'x\ud800' },
    { is: 'erase', label: 'casino', whose: { user: 'anna', anyCase: true } },
    { is: 'purge', label: 'casino', before: 5, limit: 200 },
  ] as const)
    expect(decode(encode(order), 1)).toEqual(order);
});

test('a message of a form or with a word that this version does not know is an error that says which message it is', () => {
  const data = encode({ is: 'purge', label: 'casino', before: 5, limit: 200 });
  const strange = [
    Buffer.from([9, ...data.subarray(1)]),
    Buffer.concat([data.subarray(0, 1), Buffer.from('{"is":"sing"}')]),
    Buffer.from('not ours'),
    Buffer.alloc(0),
    data.subarray(0, 20),
  ];
  for (const one of strange)
    expect(() => decode(one, 41)).toThrow(
      expect.objectContaining({ code: 'CLUSTER_DIFFERS', message: expect.stringContaining('message 41') }),
    );
});

const together = (pieces: { parts: Part[] }[], of: number): Omit<Submission, 'request_id' | 'weight'>[] =>
  pieces.flatMap(({ parts }) => parts.filter((part) => part.of === of).map(({ submission: one }) => one));

test.each(seeds)(
  'what is more than the servers take goes in several messages, in order and nothing twice (seed %i)',
  (seed) => {
    const chance = chanceOf(seed);
    const group = Array.from({ length: chance.whole(1, 12) }, () =>
      submission({
        events: Array.from({ length: chance.pick([0, 1, 40, 900]) }, (_, n) =>
          event(`piece-${n}`, { index: n, payload: JSON.stringify(noise(chance.whole(1, 900))) }),
        ),
        rejected: Array.from({ length: chance.pick([0, 1, 300]) }, (_, n) => refused(n)),
        losses: [['overflow', chance.whole(1, 9)]],
        pages: [{ ...page, seq: chance.whole(1, 9) }],
      }),
    );
    const pieces = piecesOf(partsOf(group), MOST_BYTES);
    for (const { parts, data } of pieces) {
      expect(data.length).toBeLessThanOrEqual(MOST_BYTES);
      expect((decode(data, 1) as Said).group.map(({ events }) => events)).toEqual(
        parts.map(({ submission: one }) => one.events),
      );
    }
    for (const [of, one] of group.entries()) {
      const parts = together(pieces, of);
      for (const list of ['events', 'rejected', 'losses', 'pages', 'lost', 'arrived'] as const)
        expect(parts.flatMap((part): unknown[] => part[list])).toEqual(one[list]);
    }
  },
);

test('no message has more events than a place of the stream has cursors', () => {
  const events = Array.from({ length: 3_000 }, (_, n) => event(`many-${n}`, { index: n }));
  const pieces = piecesOf(partsOf([submission({ events }), submission({ events })]), 2 ** 24);
  expect(pieces.map(({ parts }) => parts.reduce((sum, { submission: one }) => sum + one.events.length, 0))).toEqual([
    3_000, 3_000,
  ]);
});

test('one event that is more than the servers take is refused with their setting’s name', () => {
  const events = [event('too-large', { payload: JSON.stringify(noise(MOST_BYTES)) })];
  expect(() => piecesOf(partsOf([submission({ events })]), MOST_BYTES)).toThrow('max_payload');
});
