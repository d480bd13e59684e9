import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';

let collector: RunningCollector;
let browser: Browser;
let context: BrowserContext;
let live: Page;

beforeAll(async () => {
  [collector, browser] = await Promise.all([startCollector(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  live = await context.newPage();
});
afterEach(() => context.close());

const openLive = async (address = '/live#key=demo-admin'): Promise<void> => {
  await live.goto(collector.url + address);
  await live.locator('#connection[data-at="open"]').waitFor();
};

let made = 0;
const envelope = (part: object = {}) => ({
  eid: `live-${++made}-${Date.now()}`,
  event_date: Date.now(),
  ext_brand_id: 'demo-brand',
  user_ext_id: 'ann',
  event_type: 'client_action',
  payload: { client_action: 'reset_password' },
  ...part,
});
const send = async (path: string, key: string, body: unknown): Promise<void> => {
  const headers = { authorization: key, 'content-type': 'application/json' };
  const response = await fetch(collector.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
};
const fromServer = (...events: object[]): Promise<void> => send('/api/external/events/v2', 'demo-secret', events);

const fromPage = (event: object, more: object = {}): Promise<void> =>
  send('/v1/events', '', {
    batch_id: 'b1',
    label_key: 'demo-label',
    device_id: 'device-of-page',
    sent_at: Date.now(),
    hashes: {},
    losses: {},
    pages: [],
    events: [{ ...envelope(), session_id: 'session-1', page_id: 'page-0001', seq: 1, source: 'api', ...event }],
    ...more,
  });

const row = (text: string) => live.locator('.row', { hasText: text });
const focused = (): Promise<string> => live.evaluate(() => document.activeElement?.textContent ?? '');

describe('the way in', () => {
  test('a wrong key is told, and opens nothing', async () => {
    await live.goto(`${collector.url}/live`);
    await live.getByLabel('Admin key').fill('demo-secret');
    await live.keyboard.press('Enter');
    await live.getByText('This is not the admin key of any label.').waitFor();
    expect(await live.locator('#view').isVisible()).toBe(false);
  });

  test('a key in the address is taken out of it, and is kept for this tab alone', async () => {
    await openLive();
    expect(await live.evaluate(() => [location.hash, history.length, localStorage.length])).toEqual(['', 2, 0]);
    await live.reload();
    await live.locator('#connection[data-at="open"]').waitFor();
    const other = await context.newPage();
    await other.goto(`${collector.url}/live`);
    await other.getByLabel('Admin key').waitFor();
  });

  test('a forgotten key leaves nothing of its label on the page', async () => {
    await fromServer(envelope({ user_ext_id: 'only-demo' }));
    await openLive();
    await row('only-demo').first().waitFor();
    await live.getByRole('tab', { name: 'Registry' }).click();
    await live.getByRole('button', { name: 'Forget key' }).click();
    await live.getByLabel('Admin key').waitFor();
    expect(await live.locator('body').textContent()).not.toContain('reset_password');
    await live.getByLabel('Admin key').fill('other-admin');
    await live.keyboard.press('Enter');
    await live.locator('#connection[data-at="open"]').waitFor();
    await live.getByText('No event yet.').waitFor();
    expect(await live.locator('body').textContent()).not.toContain('only-demo');
  });
});

describe('events', () => {
  test("a click on the operator's page appears while it is looked at", async () => {
    await openLive();
    const site = await context.newPage();
    await site.goto(collector.url);
    await site.getByRole('button', { name: 'Night Comet' }).click();
    await row('GAME_TILE_CLICKED').filter({ hasText: 'Night Comet' }).waitFor();
    expect(await row('Night Comet').count()).toBe(1);
  });

  test('a filter reaches into history and holds back what does not match', async () => {
    await fromServer(
      envelope({ user_ext_id: 'fay', payload: { client_action: 'OLD' } }),
      envelope({ user_ext_id: 'gus' }),
    );
    await openLive();
    await live.getByRole('searchbox', { name: 'Customer', exact: true }).fill('fay');
    await live.locator('#flow', { hasText: '1 matching event.' }).waitFor();
    await fromServer(
      envelope({ user_ext_id: 'gus' }),
      envelope({ user_ext_id: 'fay', payload: { client_action: 'NEW' } }),
    );
    await row('NEW').waitFor();
    expect(await live.locator('.row .who').allTextContents()).toEqual(['fay', 'fay']);
    await live.getByLabel('Text anywhere').fill('old');
    await expect.poll(() => live.locator('.row .what').allTextContents()).toEqual(['OLD']);
    expect(await live.locator('#flow').textContent()).toContain('1 matching event.');
  });

  test("an event's envelope is whole, and closing it gives the focus back", async () => {
    const event = envelope({ user_ext_id: 'hal', payload: { client_action: 'X', nested: { prize: ['ABC', 1] } } });
    await fromServer(event);
    await openLive();
    await row('hal').click();
    const panel = live.getByRole('dialog', { name: 'X' });
    for (const text of [event.eid, 'stored', 'hal', 'demo-label, demo-brand', 'sent by your server', 'Latency'])
      await panel.getByText(text, { exact: false }).first().waitFor();
    const payload = await panel.getByLabel('Payload', { exact: true }).textContent();
    expect(JSON.parse(payload ?? '')).toEqual(event.payload);
    expect(await live.evaluate(() => location.hash)).toBe(`#event=${event.eid}`);
    await live.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    expect(await focused()).toContain('hal');
    expect(await live.evaluate(() => location.hash)).toBe('');
  });

  test('a link to an event opens it, on a phone over the whole screen', async () => {
    const event = envelope({ payload: { client_action: 'LINKED' } });
    await fromServer(event);
    await live.setViewportSize({ width: 360, height: 740 });
    await openLive(`/live#key=demo-admin&event=${event.eid}`);
    const panel = live.getByRole('dialog', { name: 'LINKED' });
    await panel.waitFor();
    expect(await panel.evaluate((dialog) => dialog.matches(':modal'))).toBe(true);
    expect(await live.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  test('an event from a frame says beside its source where it came from, at a desk and on a phone', async () => {
    const frame = `https://${'very-long-name-of-a-platform.'.repeat(4)}example:8443`;
    await fromPage({ user_ext_id: 'framed', source: 'bridge', frame });
    await openLive();
    await row('framed').click();
    const source = live.getByRole('dialog').locator('dd', { hasText: 'bridge' });
    for (const width of [1280, 360]) {
      await live.setViewportSize({ width, height: 740 });
      await source.waitFor();
      expect(await source.textContent()).toBe(`bridgea framed page, from ${frame}`);
      expect(await live.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      expect(await live.getByRole('dialog').evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
    }
  });

  test('what a payload holds is shown as text, whatever it is', async () => {
    const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script>';
    await fromServer(envelope({ user_ext_id: markup, payload: { client_action: markup, [markup]: markup } }));
    await openLive();
    await row('onerror').first().click();
    await live.getByRole('dialog').waitFor();
    await live.getByRole('tab', { name: 'Registry' }).click();
    await live.locator('#registry-content b', { hasText: 'onerror' }).waitFor();
    expect(await live.locator('main img, main script').count()).toBe(0);
    expect(await live.title()).toBe('Demo casino · Live view');
  });

  test('what was stored while the collector restarted is there afterwards, once', async () => {
    await openLive();
    await collector.restart();
    await fromServer(envelope({ user_ext_id: 'ivy' }));
    await row('ivy').first().waitFor();
    await live.locator('#connection[data-at="open"]').waitFor();
    await fromServer(envelope({ user_ext_id: 'ivy-2' }));
    await row('ivy-2').waitFor();
    expect(await live.locator('.row .who', { hasText: /^ivy$/ }).count()).toBe(1);
  });

  test('a paused list does not move, and says how much came', async () => {
    await openLive();
    await live.getByRole('button', { name: 'Pause' }).click();
    await fromServer(envelope({ user_ext_id: 'jim' }), envelope({ user_ext_id: 'jim' }));
    await live.getByText('2 new ones since').waitFor();
    expect(await row('jim').count()).toBe(0);
    await live.getByRole('button', { name: 'Pause' }).click();
    await row('jim').first().waitFor();
    expect(await row('jim').count()).toBe(2);
  });
});

describe('what went wrong', () => {
  test('a rejected event is announced on its tab and shown there with its code and reason', async () => {
    await openLive();
    await fromServer(envelope({ user_ext_id: 'kim', ext_brand_id: 'nobody-knows' }));
    await live.getByRole('tab', { name: 'Rejected' }).getByText('1').waitFor();
    await live.getByRole('tab', { name: 'Rejected' }).click();
    const refused = live.getByRole('row').filter({ hasText: 'kim' });
    await refused.getByText('unknown_brand').waitFor();
    expect(await refused.locator('.message').textContent()).not.toBe('');
    expect(await live.getByRole('tab', { name: 'Rejected' }).textContent()).toBe('Rejected');
  });

  test('another content under a known eid is shown as a conflict that leads to the event that stayed', async () => {
    const event = envelope({ payload: { client_action: 'FIRST' } });
    await fromServer(event);
    await fromServer({ ...event, payload: { client_action: 'SECOND' } });
    await openLive();
    await live.getByRole('tab', { name: 'Rejected' }).click();
    await live.getByRole('row').filter({ hasText: 'eid_conflict' }).getByRole('link', { name: event.eid }).click();
    await live.getByRole('dialog', { name: 'FIRST' }).waitFor();
  });

  test("a device's losses are shown by reason, and what became of a session's events in a sentence", async () => {
    const ids = { session_id: 'session-lost', page_id: 'page-with-gap' };
    const lost = {
      device_id: 'device-that-lost',
      losses: { overflow: 10, flood: 3 },
      pages: [{ ...ids, seq: 8 }],
      lost: [{ ...ids, reason: 'overflow', from: 7, to: 8 }],
    };
    await fromPage({ ...ids, seq: 4 }, lost);
    await openLive();
    await live.getByRole('tab', { name: 'Losses' }).click();
    await live.locator('.totals').getByText('a frame that was cut off').waitFor();
    expect(await live.locator('.totals code').allTextContents()).toEqual(['flood', 'overflow']);
    expect(await live.locator('.totals dd').allTextContents()).toEqual(['3', '12']);
    const gap = live.getByRole('row').filter({ hasText: 'page-with-gap' });
    for (const words of [
      '7 of 8 never arrived: 2 no room on the device, 5 gone without a trace',
      'overflow 7–8; missing 1–3, 5–6',
    ])
      expect(await gap.textContent()).toContain(words);
  });
});

describe('the registry', () => {
  test('a name registered by hand is there before its first event, and a refused one is told', async () => {
    await openLive();
    await live.getByRole('tab', { name: 'Registry' }).click();
    await live.getByRole('button', { name: 'Register' }).click();
    await live.locator('#register-said.problem').getByText('bad_').waitFor();
    await live.getByLabel('Register by hand').selectOption('entry_point');
    await live.getByLabel('Name', { exact: true }).fill('sports_footer');
    await live.keyboard.press('Enter');
    const entry = live.getByRole('row').filter({ hasText: 'sports_footer' });
    await entry.getByText('by hand').waitFor();
    expect(await entry.textContent()).toContain('not seen yet');
  });

  test('a name that a page made up is taken out, once its operator is sure', async () => {
    await fromServer(envelope({ event_type: 'made_up_name' }));
    await openLive();
    await live.getByRole('tab', { name: 'Registry' }).click();
    const remove = live.getByRole('button', { name: 'Remove made_up_name' });
    live.once('dialog', (dialog) => void dialog.dismiss());
    await remove.click();
    live.once('dialog', (dialog) => void dialog.accept());
    await remove.click();
    await remove.waitFor({ state: 'detached' });
  });
});

describe('without a mouse', () => {
  test('tabs, list and envelope are reached and left by keyboard alone', async () => {
    await fromServer(...['p', 'q', 'r'].map((user) => envelope({ user_ext_id: `key-${user}` })));
    await openLive();
    await row('key-r').waitFor();
    await live.getByRole('tab', { name: 'Events' }).focus();
    await live.keyboard.press('ArrowRight');
    expect(await focused()).toContain('Rejected');
    await live.keyboard.press('End');
    expect(await live.getByRole('tab', { selected: true }).textContent()).toBe('Campaigns');
    await live.keyboard.press('ArrowRight');
    expect(await live.getByRole('tabpanel').getAttribute('id')).toBe('panel-events');
    // Customer, type, text, pause, then the list as one stop.
    for (let stop = 0; stop < 5; stop++) await live.keyboard.press('Tab');
    expect(await focused()).toContain('key-r');
    await live.keyboard.press('ArrowDown');
    expect(await focused()).toContain('key-q');
    await live.keyboard.press('Enter');
    await live.getByRole('dialog').waitFor();
    expect(await focused()).toBe('reset_password');
    await live.keyboard.press('Escape');
    expect(await focused()).toContain('key-q');
  });

  test('a screen reader hears what a look-up found, and not every arrival', async () => {
    await openLive();
    // The first look-up is heard too, and is not what this is about.
    await live.locator('#flow', { hasText: 'event' }).waitFor();
    const heard: string[] = [];
    await live.exposeFunction('heard', (text: string) => heard.push(text));
    await live.evaluate(() => {
      const region = document.getElementById('announcements') as HTMLElement;
      const hear = (window as unknown as { heard(text: string): void }).heard;
      new MutationObserver(() => hear(region.textContent ?? '')).observe(region, { childList: true });
    });
    await live.getByRole('searchbox', { name: 'Customer', exact: true }).fill('lea');
    await expect.poll(() => heard).toEqual(['0 matching events.']);
    for (let arrival = 1; arrival <= 3; arrival++) {
      await fromServer(envelope({ user_ext_id: 'lea' }));
      await live.getByText(`${arrival} matching event`).waitFor();
    }
    expect(heard).toEqual(['0 matching events.']);
    expect((await live.locator('#view [role="status"], #view [aria-live]').allTextContents()).join('')).toBe('');
  });

  test('the chart is read minute by minute, and its table has the same numbers', async () => {
    await fromServer(envelope());
    await openLive();
    const chart = live.getByRole('slider', { name: 'Events a minute' });
    await live.locator('#total-stored', { hasNotText: /^0$/ }).waitFor();
    await chart.focus();
    await live.keyboard.press('End');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(
      /^\d\d:\d\d · \d+ stored, \d+ duplicates?, \d+ rejected$/,
    );
    await live.keyboard.press('Home');
    expect(await chart.getAttribute('aria-valuenow')).toBe('1');
    await live.getByText('As a table').click();
    const cells = await live.locator('#chart-rows td:nth-child(2)').allTextContents();
    const sum = cells.reduce((so, cell) => so + Number(cell), 0);
    expect(String(sum)).toBe(await live.locator('#total-stored').textContent());
  });
});
