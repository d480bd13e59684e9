/** What a publisher's answer means for the queue, and how the session's token is come by. */
import { describe, expect, test, vi } from 'vitest';
import { guidOf } from '../../../src/sdk/publisher/messages.ts';
import { createPublisherSend } from '../../../src/sdk/publisher/send.ts';
import type { ClientEventAnswer, PublisherError } from '../../../src/wire/client-event.ts';
import { batch, browserEvent } from '../../support/batches.ts';

const NOW = Date.UTC(2026, 0, 1);
interface Answer {
  status: number;
  body?: object | string;
  headers?: Record<string, string>;
}
const open = (answers: (Answer | Error)[], sessionToken?: unknown) => {
  const said: { url: string; init: RequestInit & { headers: Record<string, string> } }[] = [];
  const told: string[] = [];
  const send = createPublisherSend({
    fetch: (async (url: string, init: RequestInit) => {
      said.push({ url, init: init as never });
      const answer = answers.shift();
      if (!answer || answer instanceof Error) throw answer ?? new Error('nobody is there');
      const { status, body = {}, headers = {} } = answer;
      return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers });
    }) as never,
    platform: { now: () => NOW },
    address: 'https://publisher.example',
    sessionToken,
    tell: (code, about) => void told.push(`${code}: ${about}`),
  });
  const events = [1, 2].map(() => browserEvent({ user_ext_id: 'anna' }));
  return { said, told, events, post: (of = events) => send(batch(of), false, true) };
};
const ok = (more: Partial<ClientEventAnswer> = {}): Answer => ({ status: 200, body: { requestId: 'r', ...more } });
const error = (status: number, type: string, more: Partial<PublisherError> = {}): Answer => ({
  status,
  body: { type, title: 'no', status, validationErrors: [], requestId: 'r', ...more },
});
const rejection = (index: number) => ({ index, clientEventId: null, code: 'bad_event', message: 'why' });

describe('a publisher’s answer', () => {
  test('{ requestId } means that everything is stored', async () => {
    const { post } = open([ok()]);
    expect(await post()).toMatchObject({ is: 'answered', answer: { duplicate: [], rejected: [] } });
  });

  test('names what it rejected, and what it had', async () => {
    const { post, events } = open([]);
    const [first] = events;
    const again = open([ok({ rejected: [rejection(1)], duplicate: [guidOf(first!.eid)] })]);
    expect(await again.post(events)).toMatchObject({
      is: 'answered',
      answer: { duplicate: [first!.eid], rejected: [{ index: 1, code: 'bad_event', message: 'why' }] },
    });
    expect(await post()).toMatchObject({ is: 'later' });
  });

  test('of a 400 that names every event is a verdict on each', async () => {
    const { post } = open([error(400, 'ValidationException', { rejected: [rejection(0), rejection(1)] })]);
    expect(await post()).toMatchObject({ is: 'answered', answer: { rejected: [{ index: 0 }, { index: 1 }] } });
  });

  test('of a plain 400 says that one of them is wrong: they are sent in halves, until it is found', async () => {
    const { post } = open([error(400, 'ValidationException', { validationErrors: ['clientEvents[0].section'] })]);
    expect(await post()).toEqual({ is: 'split', code: 'ValidationException', message: 'no; clientEvents[0].section' });
  });

  test.each<[string, Answer | Error, object]>([
    ['a key or an origin that is wrong', error(403, 'Forbidden'), { is: 'stop', code: 'Forbidden' }],
    ['an address that is wrong', error(404, 'NotFound'), { is: 'stop' }],
    ['a format that is wrong', error(415, 'UnsupportedMediaType'), { is: 'stop' }],
    ['a batch that is too large', error(413, 'PayloadTooLarge'), { is: 'split' }],
    [
      'too many requests',
      { ...error(429, 'TooManyRequests'), headers: { 'Retry-After': '7' } },
      { is: 'later', after: 7_000 },
    ],
    ['a failure', error(500, 'InternalServerError'), { is: 'later' }],
    ['a proxy’s 404', { status: 404, body: '<html>' }, { is: 'later' }],
    ['a proxy’s 403', { status: 403, body: { type: 'about:blank', title: 'Forbidden' } }, { is: 'later' }],
    ['a 400 that names some of them', error(400, 'ValidationException', { rejected: [rejection(0)] }), { is: 'split' }],
    ['a proxy’s 400', { status: 400, body: { error: 'x' } }, { is: 'later' }],
    ['a hotel’s login page', { status: 200, body: '<html>' }, { is: 'later' }],
    ['no network', new Error('offline'), { is: 'later' }],
  ])('of %s', async (_, answer, expected) => {
    expect(await open([answer]).post()).toMatchObject(expected);
  });
});

describe('the token of the session', () => {
  const authorized = (said: ReturnType<typeof open>['said']) => said.map(({ init }) => init.headers.Authorization);

  test('is a text that the page has', async () => {
    const { post, said } = open([ok()], 'token-1');
    await post();
    expect([said[0]!.url, authorized(said), said[0]!.init.headers['x-source-customer-id']]).toEqual([
      'https://publisher.example/v2/events/clientEvent',
      ['Bearer token-1'],
      'anna',
    ]);
  });

  test('is got for the user whose events are sent, once, and again when it ran out', async () => {
    const give = vi.fn((user: string) => Promise.resolve(`${user}-${give.mock.calls.length}`));
    const { post, said } = open([ok(), ok(), error(401, 'SessionValidationException'), ok()], give);
    await post();
    await post();
    expect(await post()).toMatchObject({ is: 'answered' });
    expect(authorized(said)).toEqual(['Bearer anna-1', 'Bearer anna-1', 'Bearer anna-1', 'Bearer anna-2']);
    await post([browserEvent({ user_ext_id: 'bela' })]);
    await post([{} as never, browserEvent({ user_ext_id: 'cili' })]);
    expect(give.mock.calls).toEqual([['anna'], ['anna'], ['bela'], ['cili']]);
  });

  test('that is refused although it is new ends it', async () => {
    const { post, said } = open(
      [error(401, 'SessionValidationException'), error(401, 'SessionValidationException')],
      () => 't',
    );
    expect(await post()).toMatchObject({ is: 'stop', code: 'SessionValidationException' });
    expect(said).toHaveLength(2);
  });

  test.each<[string, () => unknown]>([
    ['gives none', () => null],
    ['fails', () => Promise.reject(new Error('the page’s server is away'))],
  ])('of a function that %s: events wait, and it is asked again', async (_, give) => {
    const asked = vi.fn(give);
    const { post, said } = open([], asked);
    expect([await post(), await post()]).toMatchObject([{ is: 'later' }, { is: 'later' }]);
    expect([asked.mock.calls.length, said]).toEqual([2, []]);
  });

  test('of a function that never answers does not hold the queue for ever', async () => {
    vi.useFakeTimers();
    const { post } = open([], () => new Promise(() => {}));
    const sent = post();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await sent).toMatchObject({ is: 'later' });
    vi.useRealTimers();
  });

  test('a name that no header can hold is left out', async () => {
    const { post, said } = open([ok()], 't');
    await post([browserEvent({ user_ext_id: 'Ørsted' })]);
    expect(said[0]!.init.headers).not.toHaveProperty('x-source-customer-id');
  });
});
