// @vitest-environment node
/** The page asks why its events do not arrive: there is always an answer, and in time. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { examine } from '../../../src/sdk/doctor/room.ts';
import {
  networkError,
  page,
  refusal,
  type ScriptedCollector,
  scriptedCollector,
} from '../../support/scripted-collector.ts';
import { type Device, device } from '../../support/sdk-platform.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(async () => {
  vi.useRealTimers();
  await here.close();
});

/** What else of the collector's, and of the page's own site, answers. */
type Reach = { [address: string]: boolean };
const COLLECTOR = 'https://events.op.example';
/** The file can be fetched, and is no script of ours. */
const fileToo: Reach = { [`${COLLECTOR}/smartico_doctor.js`]: true, [`${COLLECTOR}/healthz`]: true };
const everywhere: Reach = { [`${COLLECTOR}/healthz`]: true, 'https://op.example/': true };

/** @param room what becomes of the doctor's file */
const load = ({
  room = async () => ({ examine }),
  reach = everywhere,
  ...rest
}: { room?: () => Promise<unknown>; reach?: Reach } & Parameters<Device['load']>[0] = {}) => {
  const collector: ScriptedCollector = scriptedCollector();
  const fetch: typeof globalThis.fetch = async (url, init) => {
    if (init?.body) return collector.fetch(url, init);
    if (reach[`${url}`]) return new Response('{}');
    throw new TypeError('Failed to fetch');
  };
  let fetched = 0;
  const rooms = {
    scriptUrl: (address: string) => address,
    load(name: string): Promise<never> {
      if (name !== 'doctor') return new Promise(() => {});
      fetched++;
      return room() as Promise<never>;
    },
  };
  const loaded = here.load({ collector: { ...collector, fetch }, rooms, ...rest });
  const said: string[] = [];
  for (const how of ['group', 'groupCollapsed', 'log'] as const)
    loaded.root.console[how] = (...words: unknown[]) => void said.push(words.join(' '));
  return { ...loaded, collector, said, fetched: () => fetched };
};

describe('a doctor that does not come', () => {
  const lost = async () => {
    throw new Error('blocked');
  };
  test.each<[string, Reach, boolean, string]>([
    ['while the collector answers is blocked', everywhere, true, 'blocked_by_extension'],
    ['whose address says something else is a stranger’s', fileToo, true, 'answered_by_stranger'],
    ['while the collector does not answer tells that', {}, true, 'collector_unreachable'],
    ['to a browser without a network tells that', {}, false, 'offline'],
  ])('%s', async (_, reach, onLine, verdict) => {
    const { smartico, root, console } = load({ room: lost, reach });
    Object.defineProperty(root.navigator, 'onLine', { value: onLine });
    expect(await smartico.doctor()).toMatchObject({ verdict, says: expect.stringContaining(COLLECTOR) });
    expect(console.join()).toContain(`doctor: ${verdict}`);
  });

  test('by the page’s policy names the directive; one that only reports, or is about others, is none', async () => {
    const violation = (root: Window, blockedURI: string, disposition: string, effectiveDirective: string) =>
      root.document.dispatchEvent(
        Object.assign(new (root as unknown as typeof globalThis).Event('securitypolicyviolation'), {
          blockedURI,
          disposition,
          effectiveDirective,
        }),
      );
    const { smartico, root } = load({
      async room() {
        violation(root, 'https://other.example/x.js', 'enforce', 'img-src');
        violation(root, `${COLLECTOR}/smartico_doctor.js`, 'report', 'default-src');
        violation(root, `${COLLECTOR}/smartico_doctor.js`, 'enforce', 'script-src-elem');
        throw new Error('blocked');
      },
    });
    expect(await smartico.doctor()).toMatchObject({
      verdict: 'blocked_by_policy',
      says: expect.stringContaining('script-src-elem'),
    });
  });

  test.each([
    ['whose file never comes', () => new Promise(() => {})],
    ['who never answers', async () => ({ examine: () => new Promise(() => {}) })],
    ['who fails', async () => ({ examine: () => Promise.reject(new Error('a mistake')) })],
  ])('or %s keeps nobody waiting', async (_, room) => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const { smartico, root } = load({ room });
    root.fetch = () => new Promise(() => {});
    const asked = smartico.doctor();
    await vi.advanceTimersByTimeAsync(5_100);
    expect(await asked).toMatchObject({ verdict: 'collector_unreachable' });
  });
});

describe('the doctor', () => {
  test('is fetched once for whoever asks at once, and again for whoever asks later', async () => {
    const { smartico, fetched } = load();
    const both = await Promise.all([smartico.doctor(), smartico('doctor')]);
    expect(both[0]).toBe(both[1]);
    expect(fetched()).toBe(1);
    await smartico.doctor();
    expect(fetched()).toBe(2);
  });

  test('answers before init, and asks the collector nothing then', async () => {
    const { smartico, collector } = load();
    expect(await smartico.doctor()).toMatchObject({
      verdict: 'nothing_sent',
      facts: { label: null, sdk: '0.0.0-test' },
    });
    smartico.action('Early');
    expect(await smartico.doctor()).toMatchObject({ verdict: 'not_initialised', facts: { waiting: { all: 1 } } });
    expect(collector.requests).toEqual([]);
  });

  test('asks nothing without consent, and stores nothing', async () => {
    const { smartico, collector } = load({ script: { src: `${COLLECTOR}/smartico.js`, consent: 'required' } });
    smartico.init('label');
    smartico.action('Early');
    expect(await smartico.doctor()).toMatchObject({ verdict: 'consent_missing', facts: { consent: 'awaited' } });
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
