/** What the SDK makes of answers that nobody of ours gave: an event is stored only where an answer of the collector's own form says nothing else. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { retryAfter } from '../../../src/sdk/transport/backoff.ts';
import { hear } from '../../../src/sdk/transport/batch.ts';
import { createSend } from '../../../src/sdk/transport/send.ts';
import { batch, browserEvent } from '../../support/batches.ts';
import { mutated } from '../../support/mutation.ts';
import { holds } from '../../support/properties.ts';

const body = batch([browserEvent(), browserEvent()]);
const rows = body.events.map((event) => ({ eid: event.eid, text: JSON.stringify(event) }));
const answers = mutated(
  fc.constant({
    batch_id: body.batch_id,
    request_id: 'r1',
    duplicate: [body.events[0]!.eid],
    rejected: [{ index: 1, eid: null, code: 'bad_eid', message: 'must be' }],
  }),
);
const errors = mutated(fc.constant({ code: 'unknown_label', message: 'm', request_id: 'r' }));
const said = fc.oneof(
  answers.map((one) => JSON.stringify(one)),
  errors.map((one) => JSON.stringify(one)),
  fc.tuple(answers, fc.nat(80)).map(([one, length]) => JSON.stringify(one).slice(0, length)),
  fc.constantFrom('', '<html>', 'null', '"\ud800"'),
);

holds(
  'an answer is the collector’s or acknowledges nothing, and every row has one verdict',
  3_000,
  fc.tuple(said, fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 408, 413, 425, 429, 500, 503, 599)),
  async ([text, status]) => {
    const fetch = async () => new Response(status === 204 ? null : text, { status });
    const outcome = await createSend(fetch, () => 0, 'https://c.example/v1/events')(body, true, true);
    if (outcome.is !== 'answered') return expect(['later', 'split', 'stop']).toContain(outcome.is);
    expect(outcome.answer.batch_id).toBe(body.batch_id);
    const receipts = hear(rows as never, outcome.answer, 0);
    expect(receipts.map(({ eid }) => eid)).toEqual(body.events.map(({ eid }) => eid));
    for (const { verdict } of receipts) expect(['stored', 'duplicate', 'rejected']).toContain(verdict);
  },
);

holds(
  'a wish to wait is a time, or none',
  1_000,
  fc.oneof(fc.string(), fc.constantFrom('1e9', '-5', ' 3 ', '0x10')),
  (text) => {
    const wait = retryAfter(text, 0);
    expect(wait >= 0 || Number.isNaN(wait)).toBe(true);
  },
);
