/** The widget in a real browser: framed by the operator's page, opened from it, and where it must not show anything. */
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { md5Hash } from '../support/batches.ts';
import { openBrowser, orClosed } from '../support/browser.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';

let collector: CollectorHere;
let pages: PageServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let said: string[];

beforeAll(async () => {
  pages = await startPageServer();
  collector = await startHere({
    label: { origins: [pages.otherSite], hashes: { salts: ['salt-of-the-test'], required: true } },
  });
  browser = await openBrowser();
  await tell({ kind: 'inbox', title: 'Older news', body: 'Once upon a time' });
  await tell({
    kind: 'inbox',
    title: 'Fresh <b>news</b>',
    body: 'Read on',
    html: '<h1>In a frame</h1><script>x</script>',
  });
});
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
  await pages?.close();
});
beforeEach(async () => {
  said = [];
  context = await browser.newContext();
  page = await context.newPage();
  page.on('console', (message) => said.push(message.text()));
});
afterEach(() => context.close());

const tell = async (engagement: object): Promise<void> => {
  const response = await fetch(`${collector.url}/v1/customers/ann/engagements`, {
    method: 'POST',
    headers: { authorization: 'demo-admin' },
    body: JSON.stringify(engagement),
  });
  expect(response.status).toBe(201);
};

const DAY = 86_400_000;
const address = (more: Record<string, string> = {}): string =>
  `${collector.url}/widget?${new URLSearchParams({
    label_key: 'demo-label',
    brand_key: 'demo-brand',
    user_ext_id: 'ann',
    user_hash: md5Hash('ann', 'salt-of-the-test', Date.now() + DAY),
    ...more,
  })}`;

/** The operator's page with the widget in it, writing down what it is told. */
const frameIt = async (url: string, site = pages.otherSite): Promise<Frame> => {
  const html = `<!doctype html><link rel=icon href=data:,><script>told=[];onmessage=({data,origin})=>told.push([data,origin])</script><iframe src="${url.replaceAll('&', '&amp;')}" width=700 height=600></iframe>`;
  await page.goto(site + pages.add(html));
  return page.frames()[1]!;
};
const told = () => page.evaluate(() => (globalThis as unknown as { told: unknown[] }).told);

describe("framed by the operator's page", () => {
  test('it shows who the customer is and what they were sent, with HTML in a frame of its own', async () => {
    const widget = await frameIt(address());
    await widget.getByRole('heading', { name: 'ann' }).waitFor();
    await widget.getByText('No badges yet.').waitFor();
    await widget.getByRole('tab', { name: 'Inbox 2' }).click();
    expect(await widget.locator('.row bdi').allTextContents()).toEqual([
      'Fresh <b>news</b>',
      'Read on',
      'Older news',
      'Once upon a time',
    ]);
    await widget.getByRole('button', { name: 'Fresh' }).click();
    const content = widget.frameLocator('iframe');
    await content.getByRole('heading', { name: 'In a frame' }).waitFor();
    expect(await widget.locator('iframe').getAttribute('sandbox')).toBe('allow-popups allow-popups-to-escape-sandbox');
    expect(said).toEqual([]);
  });

  test('it tells the page when it is ready and when it closes', async () => {
    const widget = await frameIt(address());
    await widget.getByRole('button', { name: 'Close' }).click();
    await expect.poll(told).toEqual([
      [{ bcid: 1 }, collector.url],
      [{ bcid: 2 }, collector.url],
    ]);
  });

  test('by keyboard: arrows choose, Escape goes back, and then closes', async () => {
    const widget = await frameIt(address({ screen: 'inbox' }));
    await widget.getByRole('tab', { name: 'Inbox' }).focus();
    await page.keyboard.press('ArrowLeft');
    await widget.getByText('No badges yet.').waitFor();
    await page.keyboard.press('ArrowRight');
    await widget.getByRole('button', { name: 'Older news' }).focus();
    await page.keyboard.press('Enter');
    await widget.getByRole('heading', { name: 'Older news' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => widget.locator(':focus').textContent()).toContain('Older news');
    expect(await told()).toEqual([[{ bcid: 1 }, collector.url]]);
    await page.keyboard.press('Escape');
    await expect.poll(told).toContainEqual([{ bcid: 2 }, collector.url]);
  });

  test('another site’s page may not frame it', async () => {
    const widget = await frameIt(address(), pages.site);
    await expect.poll(() => widget.url()).toMatch(/^chrome-error:/);
    await expect.poll(() => said.join()).toContain('frame-ancestors');
  });
});

test('opened as a window it tells whoever opened it, and closes', async () => {
  await page.goto(
    pages.otherSite + pages.add('<!doctype html><script>told=[];onmessage=({data})=>told.push(data)</script>'),
  );
  const opening = page.waitForEvent('popup');
  await page.evaluate((url) => void open(url), address());
  const widget = await opening;
  const closed = widget.waitForEvent('close');
  await orClosed(widget.getByRole('button', { name: 'Close' }).click());
  await closed;
  await expect.poll(told).toEqual([{ bcid: 1 }, { bcid: 2 }]);
});

test('it is read-only: a message that was looked at here is still unread', async () => {
  await page.goto(address({ screen: 'inbox' }));
  await page.getByRole('button', { name: 'Older news' }).click();
  await page.getByRole('heading', { name: 'Older news' }).waitFor();
  await page.reload();
  await page.getByRole('tab', { name: 'Inbox 2' }).waitFor();
});

test.each([
  ['a hash of somebody else', { user_ext_id: 'bob' }, 'This link does not belong to this customer.'],
  ['no hash', { user_hash: '' }, 'This link does not belong to this customer.'],
  ['an old hash', { user_hash: md5Hash('ann', 'salt-of-the-test', 1_000) }, 'This link has expired.'],
  ['an unknown label', { label_key: 'nobody' }, 'This link is not complete.'],
  ['nobody', { user_ext_id: '' }, 'This link is not complete.'],
])('%s is told in words, and shows nothing', async (_what, more, words) => {
  await page.goto(address(more));
  await page.getByRole('alert').getByText(words).waitFor();
  expect(await page.locator('body').textContent()).not.toContain('news');
});

test('the published name of the hash works too, and the language and its direction are taken', async () => {
  await page.goto(
    address({ user_hash: '', hash: md5Hash('ann', 'salt-of-the-test', Date.now() + DAY), lang: 'ar-EG' }),
  );
  await page.getByRole('tab', { name: 'الرسائل' }).waitFor();
  expect(await page.evaluate(() => [document.documentElement.dir, document.documentElement.lang])).toEqual([
    'rtl',
    'ar',
  ]);
});

test('when the collector is away it says so, and tries again when asked', async () => {
  await context.route('**/s2s-api', (route) => route.abort());
  await page.goto(address());
  await page.getByText('There is no answer.').waitFor();
  await context.unroute('**/s2s-api');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'ann' }).waitFor();
});
