// @vitest-environment node
import { describe, expect, test, vi } from 'vitest';
import { createSend } from '../../../src/sdk/transport/send.ts';
import type { Batch } from '../../../src/wire/event.ts';
import { batch, browserEvent } from '../../support/batches.ts';
import { type Answer, networkError, page, refusal, scriptedCollector } from '../../support/scripted-collector.ts';

const ENDPOINT = 'https://events.op.example/v1/events';
const NOW = Date.UTC(2026, 0, 1, 12);
const events = (count: number, text = '') =>
  Array.from({ length: count }, () => browserEvent({ payload: { client_action: 'click', text } }));
const random = (length: number) => Array.from({ length }, () => Math.random().toString(36).charAt(2)).join('');

const sending = (...answers: Answer[]) => {
  const collector = scriptedCollector();
  collector.next(...answers);
  return { collector, send: createSend(collector.fetch, () => NOW, ENDPOINT) };
};
const outcome = (answer: Answer, body: Batch = batch(events(2))) => sending(answer).send(body, false, true);

describe('an answer acknowledges', () => {
  test('when it is the collector’s, and echoes the batch', async () => {
    const { send, collector } = sending();
    const body = batch(events(2));
    expect(await send(body, false, true)).toEqual({
      is: 'answered',
      answer: { batch_id: body.batch_id, request_id: 'r', duplicate: [], rejected: [] },
    });
    expect([collector.requests[0]?.url, collector.stored.length]).toEqual([ENDPOINT, 2]);
  });

  test.each<[string, Answer]>([
    ['a captive portal’s page', page(200)],
    ['an empty 200', () => new Response('')],
    ['JSON of somebody else', () => new Response('{"ok":true}')],
    ['null', () => new Response('null')],
    ['an answer to another batch', () => new Response('{"batch_id":"x","duplicate":[],"rejected":[]}')],
    ['our own form of answer without its lists', ({ batch_id }) => new Response(JSON.stringify({ batch_id }))],
    ['204', () => new Response(null, { status: 204 })],
  ])('not when it is %s: the events are sent again', async (_name, answer) => {
    expect(await outcome(answer)).toMatchObject({ is: 'later', slow: false });
  });
});

describe('a refusal in the collector’s own form', () => {
  test.each([
    [400, 'bad_batch', 'split'],
    [413, 'body_too_large', 'split'],
    [400, 'bad_gzip', 'split'],
    [401, 'unknown_label', 'stop'],
    [403, 'origin_not_allowed', 'stop'],
  ])('%d %s: %s', async (status, code, is) => {
    expect(await outcome(refusal(status, code))).toEqual({ is, code, message: `it is ${code}` });
  });

  test.each([
    [408, 'body_timeout', true],
    [425, 'too_early', false],
    [429, 'rate_limited', false],
    [500, 'internal', false],
    [503, 'overloaded', false],
  ])('%d %s: later', async (status, code, slow) => {
    expect(await outcome(refusal(status, code))).toEqual({ is: 'later', after: Number.NaN, slow });
  });
});

describe('a proxy’s page costs nobody an event', () => {
  test.each([400, 401, 403, 404, 502, 503])('HTML with %d: later', async (status) => {
    expect(await outcome(page(status))).toEqual({ is: 'later', after: Number.NaN, slow: false });
  });

  test.each([
    [400, 'bad_request'],
    [403, 'blocked'],
    [404, 404],
    [413, 'payload_too_big'],
    [415, 'unsupported_encoding'],
  ])('JSON with %d and a code of its own, %s: later', async (status, code) => {
    expect(await outcome(refusal(status, `${code}`))).toMatchObject({ is: 'later', after: Number.NaN });
  });

  test('and its Retry-After counts', async () => {
    expect(await outcome(page(503, { 'Retry-After': '120' }))).toMatchObject({ is: 'later', after: 120_000 });
  });

  test.each([408, 413])('and its %d halves the next batch', async (status) => {
    expect(await outcome(page(status))).toEqual({ is: 'later', after: Number.NaN, slow: true });
  });
});

test.each([
  ['7', 7_000],
  ['Thu, 01 Jan 2026 12:01:00 GMT', 60_000],
])('Retry-After: %s is told in milliseconds', async (header, after) => {
  expect(await outcome(refusal(429, 'rate_limited', { 'Retry-After': header }))).toMatchObject({ is: 'later', after });
});

describe('without an answer', () => {
  test('(no network) the events are sent again', async () => {
    expect(await outcome(networkError)).toEqual({ is: 'later', after: Number.NaN, slow: false });
  });

  test('(none within 30 s) the next batch is half as large', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    const silent: Answer = () => Promise.reject(new DOMException('no answer', 'TimeoutError'));
    expect(await outcome(silent)).toEqual({ is: 'later', after: Number.NaN, slow: true });
    expect(timeout).toHaveBeenCalledWith(30_000);
    timeout.mockRestore();
  });

  test('(it breaks off in its middle) the events are sent again', async () => {
    const broken: Answer = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode('{"batch_id":'));
            controller.error(new TypeError('network error'));
          },
        }),
      );
    expect(await outcome(broken)).toEqual({ is: 'later', after: Number.NaN, slow: false });
  });
});

describe('how a batch travels', () => {
  const request = async (body: Batch, leaving = false, first = true) => {
    const { send, collector } = sending();
    await send(body, leaving, first);
    const [{ init, gzip, batch: received } = expect.fail('nothing was sent')] = collector.requests;
    return { init, gzip, received };
  };

  test('without a header of ours, without cookies: browsers ask no leave first (no preflight)', async () => {
    const { init } = await request(batch(events(1)));
    expect(init).toMatchObject({ method: 'POST', credentials: 'omit', referrerPolicy: 'origin' });
    expect(init.headers).toBeUndefined();
    expect(typeof init.body).toBe('string');
  });

  test('a larger one compressed, and read back the same', async () => {
    const body = batch(events(50, 'é漢😀'));
    const { gzip, received } = await request(body);
    expect([gzip, received]).toEqual([true, JSON.parse(JSON.stringify(body))]);
  });

  test('with the page’s last breath uncompressed, since compressing takes time', async () => {
    const { gzip, init } = await request(batch(events(50)), true);
    expect([gzip, init.keepalive]).toEqual([false, true]);
  });

  test.each([
    ['short, nothing failed before', 1, true, true],
    ['short, after a failure', 1, false, false],
    ['long', 60, true, false],
  ])('%s: may outlive its page or not', async (_name, count, first, keepalive) => {
    expect((await request(batch(events(count)), false, first)).init.keepalive).toBe(keepalive);
  });

  test('more than 60 kB even compressed is not sent but halved; a single event is sent as it is', async () => {
    const { send, collector } = sending();
    const large = (count: number) =>
      batch(Array.from({ length: count }, () => browserEvent({ payload: { text: random(60_000) } })));
    expect(await send(large(2), false, true)).toMatchObject({ is: 'split' });
    expect(collector.requests).toEqual([]);
    await send(large(1), false, true);
    expect(collector.requests).toHaveLength(1);
  });
});
