/**
 * The widget: a page of the collector's in a sheet of ours or a frame of the operator's, closed by its own word and by
 * nobody else's.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { did, uiWorld, until } from '../support/ui-world.ts';

const world = uiWorld();
/** A widget that says it is there, shows what it was asked for, and closes at a click. */
const arrange = (page: Page) => {
  const path = world.pages.add(`<title>Profile</title><p id="asked"></p><button onclick="say(2)">Done</button><script>
    const say = (bcid) => parent.postMessage({ bcid }, '*');
    document.getElementById('asked').textContent = location.search;
    say(1);</script>`);
  return page.evaluate((widget) => {
    window.stage.widget = widget;
  }, path);
};
const show = (page: Page, type: string, params?: object) =>
  page.evaluate(
    ([name, given]) =>
      window.stage.ui.showWidget(name as string, given as { [name: string]: unknown }).then(
        () => 'shown',
        ({ code }) => code as string,
      ),
    [type, params] as const,
  );

test.each(['short_info', 'achievements', 'liquid', 'gf'])(
  '%s shows the profile, and its own close closes it',
  async (type) => {
    const page = await world.open();
    await arrange(page);
    expect(await show(page, type, { theme: 'dark' })).toBe('shown');
    await until(page, 'emit gf_started');
    const sheet = page.getByRole('dialog', { name: 'Profile' });
    const widget = sheet.locator('iframe').contentFrame();
    expect(await widget.locator('#asked').textContent()).toBe('?screen=short_info&theme=dark&lang=en');
    // The widget has a close of its own.
    expect(await sheet.getByRole('button', { name: 'Close' }).isVisible()).toBe(false);
    await widget.getByRole('button', { name: 'Done' }).click();
    await until(page, 'emit gf_closing');
    expect(await sheet.count()).toBe(0);
    expect(await did(page)).toEqual(['emit gf_starting', 'emit gf_started', 'emit gf_closing']);
  },
);

test('a widget that never says a word can be closed all the same', async () => {
  const page = await world.open();
  await page.evaluate((path) => {
    window.stage.widget = path;
  }, world.pages.add('<p>Silence'));
  await show(page, 'short_info');
  await page.getByRole('button', { name: 'Close' }).click();
  await until(page, 'emit gf_closing');
});

test('nobody else closes it: neither the page itself nor another frame of the same origin', async () => {
  const page = await world.open('<iframe></iframe>');
  await arrange(page);
  await show(page, 'short_info');
  await until(page, 'emit gf_started');
  await page.evaluate(async () => {
    const told = new Promise((resolve) => addEventListener('message', resolve));
    window.postMessage({ bcid: 2 }, '*');
    await told;
  });
  const stranger = world.pages.otherSite + world.pages.add('<script>parent.postMessage({ bcid: 2 }, "*")</script>');
  await page.evaluate(async (src) => {
    const told = new Promise((resolve) => addEventListener('message', resolve));
    document.querySelector('iframe')!.src = src;
    await told;
  }, stranger);
  expect(await page.getByRole('dialog', { name: 'Profile' }).count()).toBe(1);
});

test('a frame that went elsewhere is not the widget any more', async () => {
  const page = await world.open('<iframe id="mine"></iframe>');
  await arrange(page);
  await show(page, 'short_info', { iframe: 'mine' });
  await until(page, 'emit gf_started');
  const elsewhere = world.pages.site + world.pages.add('<script>parent.postMessage({ bcid: 2 }, "*")</script>');
  await page.evaluate(async (src) => {
    const told = new Promise((resolve) => addEventListener('message', resolve));
    document.querySelector('iframe')!.src = src;
    await told;
  }, elsewhere);
  expect(await did(page)).not.toContain('emit gf_closing');
});

test('in a frame of the operator it has the height they ask for, and leaves the frame empty when it closes', async () => {
  const page = await world.open('<iframe id="mine"></iframe>');
  await arrange(page);
  expect(await show(page, 'inbox', { iframe: 'mine', height: 700 })).toBe('shown');
  await until(page, 'emit gf_started');
  expect(await page.getByRole('dialog').count()).toBe(0);
  const frame = page.locator('#mine');
  expect(await frame.evaluate((it) => it.clientHeight)).toBe(700);
  const widget = frame.contentFrame();
  expect(await widget.locator('#asked').textContent()).toMatch('screen=inbox');
  await widget.getByRole('button', { name: 'Done' }).click();
  await until(page, 'emit gf_closing');
  await expect.poll(() => frame.contentFrame().locator('body').innerHTML()).toBe('');
});

test.each(['inbox', 'inbox-widget'])('%s opens the inbox', async (type) => {
  const page = await world.open();
  expect(await show(page, type)).toBe('shown');
  await page.getByRole('dialog', { name: 'Inbox' }).waitFor();
});

test.each(['store', 'tournaments', 'mini-game', 'match-x-2', 'quiz', 'custom-section'])(
  '%s is of another product: refused, with a notice',
  async (type) => {
    const page = await world.open();
    expect(await show(page, type)).toBe('not_available');
    expect(await did(page)).toEqual([`tell not_available ${type}`]);
  },
);

test('a frame that is not there is refused', async () => {
  const page = await world.open('<div id="box"></div>');
  expect([
    await show(page, 'short_info', { iframe: 'box' }),
    await show(page, 'short_info', { iframe: 'none' }),
  ]).toEqual(['bad_argument', 'bad_argument']);
});

test('a second one takes the place of the first, and another user sees neither', async () => {
  const page = await world.open();
  await arrange(page);
  await show(page, 'short_info');
  await show(page, 'short_info');
  expect(await page.getByRole('dialog').count()).toBe(1);
  await page.evaluate(() => window.stage.ui.reset());
  expect(await page.getByRole('dialog').count()).toBe(0);
});
