import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { textStore } from '../../../src/sdk/platform.ts';
import {
  type DocumentParts,
  frameIn,
  HOST,
  hostTag,
  LABEL,
  met,
  openHost,
  PLATFORM,
} from '../../support/framed-pages.ts';
import { type Device, device, newTab } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => {
  vi.useRealTimers();
  return here.close();
});

/** What the page has handed to the collector by now, in order. */
const storedBy = async (host: ReturnType<typeof openHost>) => {
  await host.smartico.flush();
  return host.collector.stored;
};
/** A page without a word of its own, and its frame, whose document begins as the documentation's does. */
const together = async (parts?: DocumentParts, tab = newTab()) => {
  const host = openHost(here, { tab });
  const frame = frameIn(host);
  const document = frame.open(parts);
  document.smartico.init(LABEL);
  void document.smartico.online('ann');
  await met(document);
  return { host, frame, ...document };
};

describe('what a frame did', () => {
  test('before the page answered is its user’s, in the order in which it was done', async () => {
    const host = openHost(here);
    const { smartico } = frameIn(host).open();
    smartico.init(LABEL);
    smartico.action('Looked');
    void smartico.online('ann');
    smartico.action('Played');
    await met({ smartico });
    expect(await storedBy(host)).toMatchObject([
      { user_ext_id: null, seq: 1, payload: { client_action: 'Looked' } },
      { user_ext_id: 'ann', seq: 2, payload: { client_action: 'Played' } },
    ]);
  });

  test('before the page answered comes with the frame’s next document, as it was: its user, its place, its time', async () => {
    const host = openHost(here);
    const frame = frameIn(host);
    const first = frame.open();
    first.smartico.init(LABEL);
    void first.smartico.online('ann');
    const eid = first.smartico.action('Left');
    const before = Date.now();
    void first.leave();
    const second = frame.open();
    second.smartico.init(LABEL);
    void second.smartico.online('ann');
    second.smartico.action('Arrived');
    await met(second);
    const events = await storedBy(host);
    const left = events.find((event) => event.eid === eid);
    expect(left).toMatchObject({ user_ext_id: 'ann', seq: 1, payload: { client_action: 'Left' } });
    expect(left?.event_date).toBeLessThanOrEqual(before);
    expect(events.map(({ user_ext_id }) => user_ext_id)).toEqual(['ann', 'ann']);
    expect(new Set(events.map(({ page_id }) => page_id)).size).toBe(2);
  });

  test('is done once, however often it is sent', async () => {
    const { host, frame, smartico, leave } = await together();
    smartico.action('Once');
    await leave();
    for (let more = 0; more < 3; more++) {
      const next = frame.open();
      await met(next);
      await next.leave();
    }
    expect((await storedBy(host)).map(({ payload }) => payload.client_action)).toEqual(['Once']);
    expect(frame.session.keys('')).toEqual([]);
  });

  test('that is a call of the page’s is not done again by the page’s next document', async () => {
    const tab = newTab();
    const { host, frame, smartico } = await together(undefined, tab);
    const left = new Map<string, string>();
    smartico.dp('dp:action&action=Linked');
    for (const key of frame.session.keys('')) left.set(key, `${frame.session.get(key)}`);
    await met({ smartico });
    await host.smartico.flush();
    // The whole tab went elsewhere before the frame had heard that it was done.
    const next = openHost(here, { tab, collector: host.collector });
    const again = frameIn(next);
    for (const [key, text] of left) again.session.set(key, text);
    const document = again.open();
    document.smartico.init(LABEL);
    void document.smartico.online('ann');
    await met(document);
    const events = await storedBy(next);
    expect(left.size).toBe(1);
    expect(again.session.keys('')).toEqual([]);
    expect(events.filter(({ payload }) => payload.client_action === 'Linked')).toHaveLength(1);
  });

  test('under a platform that asks for consent comes with the next document too, once the page says that it may be kept', async () => {
    const script = { consent: 'required' };
    const { host, frame, smartico, leave } = await together({ script });
    smartico.action('Left');
    await leave();
    await met(frame.open({ script }));
    await until(async () => (await storedBy(host)).length);
    expect(frame.session.keys('')).toEqual([]);
  });

  test('in the time before the script came is made good in its place among the calls of that time', async () => {
    const local = textStore(() => undefined);
    const row = (eid: string, user_ext_id: string | null, client_action: string, seq: number) =>
      local.set(
        `_smartico_inframe::q:${eid}`,
        JSON.stringify({
          ...{ eid, user_ext_id, seq, event_date: 1_700_000_000_000, page_id: 'p-of-stub', source: 'api' },
          ...{ event_type: 'client_action', payload: { client_action } },
        }),
      );
    row('00000001-looked', null, 'Looked', 1);
    row('00000002-played', 'bob', 'Played', 2);
    const host = openHost(here);
    void host.smartico.online('ann');
    const { smartico } = frameIn(host).open({
      local,
      stub: {
        ...{ p: 'p-of-stub', n: 2 },
        q: [
          ['init', [LABEL], false],
          ['logout', [], false],
          ['action', ['Looked'], true],
          ['online', ['bob'], false],
          ['action', ['Played'], true],
        ],
      },
    });
    smartico.action('Loaded');
    await met({ smartico });
    const events = await storedBy(host);
    expect(events.filter(({ event_type }) => event_type === 'client_action')).toMatchObject([
      { user_ext_id: null, seq: 1, payload: { client_action: 'Looked' }, frame: PLATFORM },
      { user_ext_id: 'bob', seq: 2, payload: { client_action: 'Played' } },
      { user_ext_id: 'bob', seq: 3, payload: { client_action: 'Loaded' } },
    ]);
    expect(local.keys('')).toEqual([]);
  });

  test('is kept whatever its payload is, and the platform is not disturbed', async () => {
    const { host, smartico, console } = await together();
    const cyclic: { [name: string]: unknown } = { a: 1 };
    cyclic.self = cyclic;
    smartico.action('Cycle', cyclic);
    smartico.action('Foreign', {
      get window() {
        throw new Error('another origin’s');
      },
    });
    smartico.event('digits', { amount: 5n });
    await met({ smartico });
    expect((await storedBy(host)).map(({ payload }) => payload)).toEqual([
      { a: 1, self: '[cycle]', client_action: 'Cycle' },
      { unreadable: 'Error: another origin’s', client_action: 'Foreign' },
      { amount: '5' },
    ]);
    expect(console).toEqual(['[smartico] payload_repaired: Cycle', '[smartico] payload_repaired: Foreign']);
  });

  test('and is too large is a counted loss of the page’s, and a word in the frame', async () => {
    const { host, smartico, console } = await together();
    smartico.action('Huge', { text: 'x'.repeat(200_000) });
    await until(async () => (await host.smartico.losses()).too_large === 1);
    expect(console).toEqual(['[smartico] payload_too_large: Huge']);
  });

  test.each([null, undefined, Symbol('x'), {}, Object.create(null)])('dp(%s) is the page’s to judge', async (link) => {
    const { smartico, host } = await together();
    smartico.dp(link as never);
    await met({ smartico });
    expect(await storedBy(host)).toEqual([]);
  });

  test('without a page around that takes it waits, up to 10,000; more is counted when a page comes', async () => {
    const host = openHost(here);
    const frame = frameIn(host);
    const { smartico, console } = frame.open();
    smartico.init(LABEL);
    for (let i = 0; i < 10_003; i++) smartico.action('Played');
    await until(async () => (await smartico.losses()).overflow === 3);
    expect(console).toEqual(['[smartico] queue_overflow: no page around takes them']);
    await until(() => frame.session.keys('').length === 0);
  });

  test('while the page is too busy to take it is counted too, if it is too much', async () => {
    const { host, smartico, frame } = await together();
    for (let i = 0; i < 10_002; i++) smartico.action('Played');
    await until(() => frame.session.keys('').length === 0);
    await until(async () => (await host.smartico.losses()).overflow === 2);
  });
});

describe('whose it is', () => {
  test('a user whom the page changed without asking the frame: what the frame does then is the new one’s', async () => {
    const host = openHost(here, { script: { ...hostTag, label: LABEL } });
    const { smartico } = frameIn(host).open();
    void host.smartico.online('ann');
    await met({ smartico });
    smartico.action('Ann');
    await met({ smartico });
    void host.smartico.online('bob');
    await met({ smartico });
    smartico.action('Bob');
    smartico.updatePublicTags('add', ['VIP']);
    await met({ smartico });
    expect(await storedBy(host)).toMatchObject([
      { user_ext_id: 'ann', payload: { client_action: 'Ann' } },
      { user_ext_id: 'bob', payload: { client_action: 'Bob' } },
      { user_ext_id: 'bob', event_type: 'core_public_tags_update' },
    ]);
  });

  test('what a frame did under one user while the page turned to another stays the first one’s', async () => {
    const host = openHost(here, { script: { ...hostTag, label: LABEL } });
    const { smartico, console } = frameIn(host).open();
    void host.smartico.online('ann', 'en', 'proof');
    await met({ smartico });
    smartico.action('Ann');
    smartico.updatePublicTags('add', ['ANNS']);
    void host.smartico.online('bob');
    await met({ smartico });
    expect(await storedBy(host)).toMatchObject([{ user_ext_id: 'ann', payload: { client_action: 'Ann' } }]);
    expect(console).toEqual(['[smartico] not_identified: updatePublicTags: the user changed']);
  });

  test('after logout() nothing in the frame is the last user’s any more, answered or not', async () => {
    const { host, smartico } = await together();
    smartico.logout();
    smartico.action('Nobody');
    expect([smartico.checkSuccessfullyIdentify(), smartico.getPublicProps()]).toEqual([false, null]);
    await met({ smartico });
    const events = await storedBy(host);
    expect(events.find(({ payload }) => payload.client_action === 'Nobody')).toMatchObject({ user_ext_id: null });
  });

  test('a user whom the page does not let the frame name is nobody’s: the platform may ignore the answer', async () => {
    const host = openHost(here, { script: { ...hostTag, label: LABEL } });
    const { smartico, console } = frameIn(host).open();
    void host.smartico.online('ann');
    void smartico.online('eve');
    smartico.action('Eve');
    await expect(smartico.online('eve')).rejects.toMatchObject({ code: 'identity_refused' });
    smartico.action('Played');
    await met({ smartico });
    expect(await storedBy(host)).toMatchObject([
      { user_ext_id: null, payload: { client_action: 'Eve' } },
      { user_ext_id: 'ann', payload: { client_action: 'Played' } },
    ]);
    expect(console).toEqual([expect.stringMatching(/identity_refused: .*data-frames-may/)]);
  });

  test.each(['', ' ', null, undefined, {}, 'undefined'])('online(%j) throws in the platform’s face', async (id) => {
    const { smartico } = await together();
    expect(() => smartico.online(id as never)).toThrow(expect.objectContaining({ code: 'empty_user_id' }));
  });

  test('where everybody is a visitor, nobody has a name', async () => {
    const host = openHost(here);
    const { smartico } = frameIn(host).open();
    smartico.initVisitorMode(LABEL);
    void smartico.online('ann');
    smartico.action('Played');
    await met({ smartico });
    expect(await storedBy(host)).toMatchObject([{ user_ext_id: null, payload: { client_action: 'Played' } }]);
  });
});

describe('nobody answers', () => {
  test('the frame says so once, and its calls wait', () => {
    vi.useFakeTimers();
    const host = openHost(here, { script: { src: hostTag.src } });
    const { console, smartico, loaded } = frameIn(host).open();
    smartico.action('Waits');
    vi.advanceTimersByTime(60_000);
    expect([console, loaded]).toEqual([
      ['[smartico] no_host: no page around answers (its console may say why); calls wait'],
      [],
    ]);
  });

  test('a platform that asked for it becomes its own host, once', () => {
    vi.useFakeTimers();
    const host = openHost(here, { script: { src: hostTag.src } });
    const { smartico, loaded } = frameIn(host).open();
    smartico.init(LABEL, { standalone: true } as never);
    vi.advanceTimersByTime(4_900);
    expect(loaded).toEqual([]);
    vi.advanceTimersByTime(60_000);
    smartico.init(LABEL, { standalone: true } as never);
    expect(loaded).toEqual(['smartico.js']);
  });

  test.each([{ consent: 'required' as const }, { gpc: 'honor' as const }])(
    'a platform that asks first by its init (%j) keeps nothing on the device before the page says that it may',
    (options) => {
      vi.useFakeTimers();
      const host = openHost(here, { script: { src: hostTag.src } });
      const frame = frameIn(host);
      const { smartico, root } = frame.open();
      Object.defineProperty(root.navigator, 'globalPrivacyControl', { value: true });
      smartico.action('Before');
      smartico.init(LABEL, options);
      smartico.action('Asked');
      expect(frame.session.keys('_smartico_inframe:q:')).toHaveLength(1);
    },
  );

  test('a question is told after 10 s; it is not asked later', async () => {
    vi.useFakeTimers();
    const { smartico } = frameIn(openHost(here, { script: { src: hostTag.src } })).open();
    const asked = smartico.api.getInboxMessages!({});
    const told = expect(asked).rejects.toMatchObject({ code: 'bridge_timeout' });
    await vi.advanceTimersByTimeAsync(10_000);
    await told;
  });

  test('the frame’s own doctor says so, and whose page it would not talk to', async () => {
    vi.useFakeTimers();
    const unlisted = frameIn(openHost(here)).open({ script: { hosts: 'https://elsewhere.example' } });
    const unheard = frameIn(openHost(here, { script: { src: hostTag.src } })).open();
    const asked = Promise.all([unlisted.smartico.doctor(), unheard.smartico.doctor()]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(await asked).toMatchObject([
      { verdict: 'host_refused', says: expect.stringContaining(HOST) },
      { verdict: 'no_host', facts: { page: PLATFORM } },
    ]);
  });

  test('a page that the frame does not list is told in the frame, with the attribute', async () => {
    const { console } = frameIn(openHost(here)).open({ script: { hosts: 'https://elsewhere.example' } });
    await until(() => console.length);
    expect(console).toEqual([`[smartico] host_refused: data-hosts="${HOST}"`]);
  });
});
