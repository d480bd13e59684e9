// @vitest-environment node
/** The doctor looks around, asks where it may, and says what it found. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { COLLECTOR, everywhere, loadPage, type Reach } from '../../support/doctor-page.ts';
import { networkError, page, refusal } from '../../support/scripted-collector.ts';
import { type Device, device } from '../../support/sdk-platform.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());
const load = (page?: Parameters<typeof loadPage>[1]) => loadPage(here, page);

describe('the doctor', () => {
  test('answers before init, and asks the collector nothing then', async () => {
    const { smartico, collector } = load();
    expect(await smartico.doctor()).toMatchObject({
      verdict: 'nothing_sent',
      facts: { label: null, sdk: '0.0.0-test' },
    });
    smartico.action('Early');
    expect(await smartico.doctor()).toMatchObject({
      verdict: 'not_initialised',
      facts: { storage: 'journal', waiting: { all: 1, journal: 1, memory: 0 } },
    });
    expect(collector.requests).toEqual([]);
  });

  test('asks nothing without consent, and stores nothing', async () => {
    const { smartico, collector } = load({ script: { src: `${COLLECTOR}/smartico.js`, consent: 'required' } });
    smartico.init('label');
    smartico.action('Early');
    expect(await smartico.doctor()).toMatchObject({
      verdict: 'consent_missing',
      facts: { consent: 'awaited', storage: 'memory', waiting: { all: 1, journal: 0, memory: 1 } },
    });
    smartico.consent(false);
    expect(await smartico.doctor()).toMatchObject({ verdict: 'consent_refused' });
    expect([collector.requests, Object.keys(here.disk)]).toEqual([[], ['_smartico:consent']]);
  });

  test('asks nothing once consent is withdrawn', async () => {
    const { smartico, collector } = load();
    smartico.init('label');
    smartico.consent(false);
    expect(await smartico.doctor()).toMatchObject({ verdict: 'consent_refused', facts: { initialised: true } });
    expect(collector.requests).toEqual([]);
  });

  test('asks nothing from a guarded machine', async () => {
    const { smartico, collector } = load({ url: 'http://localhost:3000/' });
    smartico.init('label');
    expect(await smartico.doctor()).toMatchObject({ verdict: 'localhost_guard', facts: { label: 'label' } });
    expect(collector.requests).toEqual([]);
  });

  test('sends an empty batch as any other travels, and it is none of the device’s', async () => {
    const { smartico, collector } = load();
    smartico.init('label');
    expect(await smartico.doctor()).toMatchObject({ verdict: 'nothing_sent' });
    const { url, batch, init } = collector.requests[0]!;
    expect([url, batch.label_key, batch.events, batch.device_id]).toEqual([
      `${COLLECTOR}/v1/events`,
      'label',
      [],
      'the-doctor',
    ]);
    expect(init).toMatchObject({ credentials: 'omit', method: 'POST' });
    expect(init.headers).toBeUndefined();
  });

  test('says that all is well where events are stored, and tells no token, payload or user', async () => {
    const { smartico, said } = load({ before: { _smartico_user_id: 'the-user', _smartico_user_hash: 'the-hash' } });
    smartico.init('label');
    smartico.action('Buy', { card: 'the-card' });
    await smartico.flush();
    const diagnosis = await smartico.doctor();
    expect(diagnosis).toMatchObject({
      verdict: 'well',
      facts: { stored: 1, proof: true, user: 'named', live: 'absent' },
    });
    expect(said.join('\n')).toContain('doctor: well');
    expect(said.join('\n') + JSON.stringify(diagnosis)).not.toMatch(/the-(user|hash|card)/);
  });

  test.each([
    ['a login page', page(200), 'answered_by_stranger'],
    ['a refusal for good', refusal(403, 'origin_not_allowed'), 'origin_not_allowed'],
    ['a refusal for now', refusal(429, 'rate_limited'), 'rate_limited'],
    ['a collector in trouble', refusal(503, 'overloaded'), 'collector_busy'],
    ['another refusal', refusal(400, 'bad_batch'), 'request_refused'],
  ])('knows %s', async (_, answer, verdict) => {
    const { smartico, collector } = load();
    collector.always(answer);
    smartico.init('label');
    expect((await smartico.doctor()).verdict).toBe(verdict);
  });

  test.each<[string, Reach, string]>([
    ['the address alone', everywhere, 'blocked_by_extension'],
    ['all of the collector', { 'https://op.example/': true }, 'collector_unreachable'],
    ['everything', {}, 'offline'],
  ])('knows who stands between where %s fails', async (_, reach, verdict) => {
    const { smartico, collector } = load({ reach });
    collector.always(networkError);
    smartico.init('label');
    expect((await smartico.doctor()).verdict).toBe(verdict);
  });

  test.each([
    [true, 'nothing_sent'],
    [false, 'collector_unreachable'],
  ])('asks of a publisher’s endpoint only whether it can be reached (%j)', async (reached, verdict) => {
    const endpoint = 'https://publisher.example';
    const { smartico, collector } = load({ reach: { ...everywhere, [endpoint]: reached } });
    smartico.init('label', { format: 'clientEvents', collector: endpoint });
    expect(await smartico.doctor()).toMatchObject({ verdict, facts: { publisher: true, collector: endpoint } });
    expect(collector.requests).toEqual([]);
  });

  test('tells a collector that is slow from one that is blocked: blockers fail at once', async () => {
    const { smartico, collector } = load();
    collector.always(() => new Promise((_, reject) => setTimeout(reject, 1_000, new TypeError('Failed to fetch'))));
    smartico.init('label');
    expect((await smartico.doctor()).verdict).toBe('collector_unreachable');
  });

  test('measures the clock by the collector’s date', async () => {
    const { smartico, collector } = load();
    collector.always(
      ({ batch_id }) =>
        new Response(JSON.stringify({ batch_id, request_id: 'r', duplicate: [], rejected: [] }), {
          headers: { date: new Date().toUTCString() },
        }),
    );
    here.clock.ahead = -3_600_000;
    smartico.init('label');
    smartico.action('Buy');
    await smartico.flush();
    const { verdict, facts } = await smartico.doctor();
    expect(verdict).toBe('clock_off');
    expect(facts.ahead).toBeGreaterThan(-3_605);
    expect(facts.ahead).toBeLessThan(-3_595);
  });

  test('leaves a collector alone that asked for it, and says until when', async () => {
    const { smartico, collector } = load();
    collector.next(refusal(429, 'rate_limited', { 'Retry-After': '600' }));
    smartico.init('label');
    smartico.action('Buy');
    await smartico.flush();
    const asked = collector.requests.length;
    expect(await smartico.doctor()).toMatchObject({ verdict: 'told_to_wait', facts: { retry: { asked: true } } });
    expect(collector.requests.length).toBe(asked);
  });

  test('knows a page that stopped and could go on', async () => {
    const { smartico, collector } = load();
    collector.next(refusal(403, 'origin_not_allowed'));
    smartico.init('label');
    smartico.action('Buy');
    await smartico.flush();
    expect(await smartico.doctor()).toMatchObject({
      verdict: 'stopped',
      facts: { stopped: 'origin_not_allowed', waiting: { all: 1 } },
    });
  });

  test('knows an SDK whose global was taken', async () => {
    const { smartico, root } = load();
    Object.assign(root, { _smartico: { somebody: 'else' } });
    expect(await smartico.doctor()).toMatchObject({ verdict: 'other_global' });
  });
});
