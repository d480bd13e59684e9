// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { liveOn } from '../../support/live-page.ts';
import { type Device, device, newTab } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());
const page = (more: Parameters<typeof liveOn>[1] = {}) => {
  const made = liveOn(here, more);
  made.smartico.init('label');
  return made;
};

describe('A8 events', () => {
  test('A8 action: an event `client_action` with its name and the extras', async () => {
    const { smartico, stored } = page();
    smartico.action('CashierSubmitClicked', { amount: 5 });
    expect(await stored()).toEqual([['client_action', null, { client_action: 'CashierSubmitClicked', amount: 5 }]]);
  });

  test('A8 event: any type, with its payload', async () => {
    const { smartico, stored } = page();
    smartico.event('page_view', { path: '/' });
    expect(await stored()).toEqual([['page_view', null, { path: '/' }]]);
  });

  test.each([
    ['sendAnalytics', ['lobby', 5], 'core_analytics', { id: 'lobby', seconds: 5 }],
    ['sendAnalytics', ['lobby'], 'core_analytics', { id: 'lobby', seconds: null }],
    ['startLpAnalytics', [], 'core_analytics', { id: 'lp', seconds: null }],
    ['sendServerError', ['broken'], 'core_client_message', { level: 'error', message: 'broken' }],
    ['sendServerDebug', ['here'], 'core_client_message', { level: 'debug', message: 'here' }],
  ] as const)(
    'A8 sendAnalytics, startLpAnalytics, sendServerError, sendServerDebug: %s%j is a trace of the page’s own',
    async (method, args, type, payload) => {
      const { smartico, stored } = page();
      await smartico.ready();
      void (smartico[method] as (...words: readonly unknown[]) => unknown)(...args);
      expect(await stored()).toEqual([[type, null, payload]]);
    },
  );

  test.each([
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148', true],
    ['Mozilla/5.0 (Linux; Android 14; Pixel 8) Chrome/120.0 Mobile', true],
    ['Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0', false],
  ])('A8 isMobile: %s: %j', (userAgent, mobile) => {
    const { smartico, root } = page();
    Object.defineProperty(root.navigator, 'userAgent', { configurable: true, value: userAgent });
    expect(smartico.isMobile()).toBe(mobile);
  });

  test('A8 parseUrl, parseUrlHash: the address by name', () => {
    const { smartico } = page({ url: 'https://op.example/x?a=1&b=two%20words&b=last#c=3&d' });
    expect(smartico.parseUrl()).toEqual({ a: '1', b: 'last' });
    expect(smartico.parseUrlHash()).toEqual({ c: '3', d: '' });
  });
});

describe('A8 keys', () => {
  test('A8 props_change: the full set once after identify', async () => {
    const { smartico, heard, identified } = page();
    const words = heard('props_change');
    void smartico.identify('u1');
    await identified();
    await until(() => words.length);
    expect(words).toMatchObject([['props_change', { public_username: 'u1', core_public_tags: [] }]]);
  });

  test('A8 identify: told to a handler that comes after it, and not to one that says so', async () => {
    const { smartico, identified } = page();
    void smartico.identify('u1');
    await identified();
    const words: unknown[] = [];
    smartico.on('identify', (code) => void words.push(['fresh', code]), { replay: false });
    smartico.on('identify', (code, props) => void words.push(['late', code, props.public_username]));
    await until(() => words.length);
    expect(words).toEqual([['late', 0, 'u1']]);
  });

  test('A8 identify: the word about the first user is not told to a handler that comes after the second', async () => {
    const { smartico, identified } = page();
    void smartico.identify('u1');
    await identified();
    void smartico.identify('u2');
    const words: unknown[] = [];
    smartico.on('identify', (_code, props) => void words.push(props.public_username));
    await until(() => words.length);
    expect(words).toEqual(['u2']);
  });

  test('A8 page_navigation: at load and for a route change, without the link that was in it', async () => {
    const { heard, root } = page({ url: 'https://op.example/lobby#_smartico_dp=dp:inbox' });
    const words = heard('page_navigation');
    await until(() => words.length);
    root.history.pushState(null, '', '/slots');
    await until(() => words.length === 2);
    expect(words.map(([, navigation]) => navigation)).toMatchObject([
      { url: 'https://op.example/lobby', prev_url: '', source: 'load' },
      { url: 'https://op.example/slots', prev_url: 'https://op.example/lobby', source: 'pushState' },
    ]);
  });

  test('A8 page_navigation: a handler that comes late is told once where the page is', async () => {
    const { heard, root } = page();
    root.history.pushState(null, '', '/slots');
    const words = heard('page_navigation');
    await until(() => words.length);
    expect(words).toMatchObject([['page_navigation', { url: 'https://op.example/slots', source: 'pushState' }]]);
  });

  test('A8 session_based_dp_detected: a link kept across a login page is announced, then run', async () => {
    const tab = newTab();
    page({ tab, url: 'https://op.example/#_smartico_dp=dp:action&action=Gift' });
    const { smartico, heard, stored } = page({ tab, url: 'https://op.example/account' });
    const words = heard('session_based_dp_detected');
    void smartico.identify('u1');
    await until(() => words.length);
    expect([words, await stored()]).toEqual([
      [['session_based_dp_detected']],
      [['client_action', 'u1', { client_action: 'Gift' }]],
    ]);
  });

  test('A8 on: a handler that throws is told, and the SDK and the other handlers go on', async () => {
    const { smartico, identified, heard, console } = page();
    smartico.on('identify', () => {
      throw new Error('the page’s own');
    });
    const words = heard('identify');
    void smartico.identify('u1');
    await identified();
    await until(() => words.length);
    expect(console).toEqual([expect.stringContaining('handler_threw: identify')]);
  });

  test('A8 numeric keys: a handler may be added and removed by number', async () => {
    const { smartico, sockets, identified, heard } = page();
    void smartico.identify('u1');
    await identified();
    const words: unknown[] = [];
    const removed = () => void words.push('removed');
    smartico.on(108, removed);
    smartico.off(108, removed);
    smartico.on(108, () => void words.push('undone'))();
    const last = heard('108');
    sockets.push({ cid: 108, props: { core_inbox_unread_count: 1 } });
    await until(() => last.length);
    expect(words).toEqual([]);
  });

  test('A8 saw_starting, gf_ux, mini_game_win, jackpot_win, ach_game_opening: keys of other products are taken and never told', async () => {
    const { smartico, sockets, heard, console } = page();
    const words = heard('saw_starting', 'gf_ux', 'mini_game_win', 'jackpot_win', 'ach_game_opening');
    const known = heard('identify');
    void smartico.identify('u1');
    await until(() => known.length);
    await smartico.miniGame(1).catch(() => {});
    smartico.dp('dp:gf_saw&id=1');
    const later = heard('108');
    sockets.push({ cid: 108, props: {} });
    await until(() => later.length);
    expect([words, console]).toEqual([[], ['[smartico] not_available: miniGame']]);
  });
});
