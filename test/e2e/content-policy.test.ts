/**
 * The policies that README recommends are enough for everything the SDK does, and its pinned tag lets in what it pins.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBrowser, openShadows } from '../support/browser.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { act, sendAll } from '../support/delivery.ts';
import { codeBlocksOf } from '../support/markdown.ts';
import { operatorOf } from '../support/operator.ts';
import { type PageServer, startPageServer } from '../support/page-server.ts';
import { root } from '../support/source-map.ts';

const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');
const [ownPolicy = '', otherPolicy = ''] = codeBlocksOf(read('README.md')).filter((block) =>
  /^default-src/.test(block),
);

let browser: Browser;
let context: BrowserContext;
let pages: PageServer;
let collector: RunningCollector;
const operator = operatorOf(() => ({ url: collector.url, admin: 'demo-admin' }));

beforeAll(async () => {
  browser = await openBrowser();
  pages = await startPageServer();
});
afterAll(() => Promise.all([browser?.close(), pages?.close()]));
beforeEach(async () => {
  const { labels } = JSON.parse(read('demo/config.json')) as { labels: { origins: string[] }[] };
  for (const { origins } of labels) origins.push(pages.otherSite);
  collector = await startCollector({ config: { labels } });
  context = await browser.newContext();
  await openShadows(context);
});
afterEach(async () => {
  await context.close();
  await collector.stop();
});

/** README's words, with the collector of this test in them. */
const policyWith = (policy: string) =>
  policy
    .replaceAll('wss://events.op.example', collector.url.replace('http', 'ws'))
    .replaceAll('https://events.op.example', collector.url);

/** A page of the operator's on another site than the collector, without a line of script of its own in it. */
const openPage = async (policy: string, tag: string): Promise<Page> => {
  const settings = `
    window._smartico_allow_localhost = true;
    window._smartico_user_id = 'u1';
    window.violations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      violations.push(violatedDirective + ' ' + blockedURI);
    });
    // A room's tag goes once it has run.
    window.scripts = [];
    new MutationObserver((changes) => {
      for (const { src, integrity } of changes.flatMap(({ addedNodes }) => [...addedNodes]))
        if (src) scripts.push({ path: new URL(src).pathname, integrity });
    }).observe(document, { childList: true, subtree: true });`;
  const script = pages.add(settings, { 'content-type': 'text/javascript' });
  const html = `<!doctype html><script src="${script}"></script><script src="${collector.url}/stub.js"></script>${tag}<button data-smartico-bell>Inbox</button>`;
  const page = await context.newPage();
  await page.goto(pages.otherSite + pages.add(html, { 'content-security-policy': policy }));
  return page;
};
const tagOf = (path: string, attributes = '') =>
  `<script async src="${collector.url}${path}" ${attributes} data-label="demo-label" data-brand="demo-brand"></script>`;

/** Everything that loads, draws or connects. */
const tour = async (page: Page): Promise<void> => {
  await page.waitForFunction(() => window._smartico.version);
  await page.evaluate(() => window._smartico.identified());
  await act(page, 'Tour');
  await sendAll(page);
  await operator.popup('u1', 'An offer', { html: '<p>Fifty more</p>' });
  await page.frameLocator('dialog.popup iframe').getByText('Fifty more').waitFor();
  await page.keyboard.press('Escape');
  const image = `${collector.url}/lantern.svg`;
  await operator.message('u1', 'A message', { body: 'With a picture', image });
  await page.getByRole('button', { name: /^Inbox, 1/ }).click();
  await page.locator('dialog').getByText('A message').click();
  await page.locator('dialog').getByText('With a picture').waitFor();
  await page.keyboard.press('Escape');
  await page.evaluate(() => window._smartico.showWidget('short_info'));
  await page.frameLocator('dialog iframe').getByText('Bronze').waitFor();
  expect(await page.evaluate(() => window._smartico.api.checkSegmentMatch('VIP'))).toBe(false);
};
const violations = (page: Page) => page.evaluate(() => (window as unknown as { violations: string[] }).violations);

test('under README’s policy for a collector of its own everything works, without one violation', async () => {
  expect(otherPolicy).toContain('https://events.op.example');
  const page = await openPage(policyWith(otherPolicy), tagOf('/smartico.js'));
  await tour(page);
  expect(await violations(page)).toEqual([]);
});

test('the policy for the page’s own origin is the one that every page of the demo carries', () => {
  expect(read('demo/index.html')).toContain(`content="${ownPolicy.trim()}"`);
});

test('a page that pins the first file pins those that are fetched later', async () => {
  const { 'smartico.js': core } = JSON.parse(read('dist/integrity.json')) as { 'smartico.js': Pin };
  const page = await openPage(
    policyWith(otherPolicy),
    tagOf(core.path, `integrity="${core.integrity}" crossorigin="anonymous"`),
  );
  await tour(page);
  expect(await violations(page)).toEqual([]);
  const scripts = await page.evaluate(() => (window as unknown as { scripts: Pin[] }).scripts);
  const rooms = scripts.filter(({ path }) => path.includes('smartico_'));
  expect(rooms.map(({ path }) => path.replace(/\.\w{12}/, ''))).toEqual(
    expect.arrayContaining(['/immutable/smartico_live.js', '/immutable/smartico_ui.js', '/immutable/smartico_api.js']),
  );
  for (const { path, integrity } of rooms)
    expect(integrity).toBe(
      `sha256-${createHash('sha256')
        .update(read(`dist${path}`))
        .digest('base64')}`,
    );
});
interface Pin {
  path: string;
  integrity: string;
}
