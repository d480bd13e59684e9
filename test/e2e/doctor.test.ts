/**
 * Why events do not arrive, as the doctor sees it in a real browser: what only the browser knows (policies, blockers, origins,
 * networks, storage) is found out there, from the page, within its time.
 */
import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Diagnosis } from '../../src/sdk/doctor/diagnosis.ts';
import { openBrowser } from '../support/browser.ts';
import { act, deliveryWorld, type PageParts, sendAll } from '../support/delivery.ts';
import { root } from '../support/source-map.ts';

const world = deliveryWorld();
let browser: Browser;
let context: BrowserContext;
let page: Page;
let told: string[];
let uncaught: string[];
beforeAll(async () => {
  browser = await openBrowser({ hosts: { 'stranger.example': '127.0.0.1' } });
});
afterAll(() => browser?.close());
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
  told = [];
  uncaught = [];
  page.on('console', (message) => void told.push(message.text()));
  page.on('pageerror', (error) => uncaught.push(String(error)));
});
afterEach(async () => {
  await context.close();
  expect(uncaught).toEqual([]);
});

const open = async (parts: PageParts = {}, site = world.pages.site): Promise<void> => {
  await page.goto(site + world.page(parts));
  await page.waitForFunction(() => window._smartico?.version);
};
const ask = (where: Page | Frame = page): Promise<Diagnosis> => where.evaluate(() => window._smartico.doctor());
/** Has addresses fail, as an extension does. */
const blocker = async () => {
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  return (...urls: string[]) => devtools.send('Network.setBlockedURLs', { urls });
};
const words = ({ says, todo }: Diagnosis) => `${says} ${todo}`;

test('what is asked before the script has loaded is answered, and all is well once events are stored', async () => {
  await open({
    stub: true,
    before: '',
    tag: world.tag().replace('<script', '<script defer'),
    after: "_smartico('doctor')",
  });
  await expect.poll(() => told.join('\n')).toContain('doctor: nothing_sent');
  await page.evaluate(() => window._smartico.action('Deposit', { card: 'the-card' }));
  await sendAll(page);
  const diagnosis = await ask();
  expect(diagnosis).toMatchObject({
    verdict: 'well',
    facts: { stored: 1, label: world.label.key, storage: 'database', consent: 'given', localhost: 'allowed' },
  });
  // One clock for both: less than what is worth a word, however long the answer took.
  expect(Math.abs(diagnosis.facts.ahead ?? 60)).toBeLessThan(60);
  expect(words(diagnosis)).toContain(`${world.network.url}/live`);
  expect(told.join('\n')).toContain('[smartico] doctor: well');
  expect(told.join('\n')).not.toContain('the-card');
  expect((await world.label.events()).map(({ payload }) => payload.client_action)).toEqual(['Deposit']);
});

test('a policy that forbids to connect is named with its directive', async () => {
  await open({ headers: { 'content-security-policy': "connect-src 'self'" } });
  const diagnosis = await ask();
  expect(diagnosis).toMatchObject({ verdict: 'blocked_by_policy', facts: { probe: { directive: 'connect-src' } } });
  expect(words(diagnosis)).toContain(`add ${world.network.url} to connect-src`);
});

test('a policy that lets no script of the collector in is named by the core alone, and one that only reports is not', async () => {
  const own = world.pages.add(await readFile(`${root}/dist/smartico.js`, 'utf8'), {
    'content-type': 'text/javascript',
  });
  const tag = `<script src="${own}" data-label="${world.label.key}" data-collector="${world.network.url}"></script>`;
  const policy = "script-src 'self' 'unsafe-inline'";
  await open({ tag, headers: { 'content-security-policy': policy } });
  expect(await ask()).toMatchObject({
    verdict: 'blocked_by_policy',
    says: expect.stringMatching(/smartico_doctor\.js script-src/),
  });
  await open({ tag, headers: { 'content-security-policy-report-only': policy } });
  expect(await ask()).toMatchObject({ verdict: 'nothing_sent' });
});

test('a blocker that knows the address of events is told from a collector that is away', async () => {
  await open();
  const { host } = new URL(world.network.url);
  const block = await blocker();
  await block('*/v1/events*');
  const blocked = await ask();
  expect(blocked).toMatchObject({ verdict: 'blocked_by_extension', facts: { probe: { is: 'blocked' } } });
  expect(words(blocked)).toContain(`${world.network.url}/v1/events`);
  await block('*smartico_doctor*');
  expect(await ask()).toMatchObject({ verdict: 'blocked_by_extension', facts: {} });
  await block(`*${host}/v1*`, `*${host}/healthz*`);
  expect(await ask()).toMatchObject({ verdict: 'collector_unreachable', facts: { probe: { is: 'unreachable' } } });
  await block(`*${host}*`);
  expect(await ask()).toMatchObject({ verdict: 'collector_unreachable' });
});

test('a browser without a network is offline, whether the doctor comes or not', async () => {
  await open();
  await act(page, 'waits');
  await context.setOffline(true);
  expect(await ask()).toMatchObject({ verdict: 'offline' });
});

test('a login page in the collector’s place is a stranger, and so is a server that is no collector', async () => {
  await open();
  const headers = { 'access-control-allow-origin': '*' };
  await page.route('**/v1/events', (route) =>
    route.fulfill({ status: 200, contentType: 'text/html', headers, body: '<h1>Room number?</h1>' }),
  );
  expect(await ask()).toMatchObject({ verdict: 'answered_by_stranger', facts: { probe: { status: 200 } } });
  await open({ tag: world.tag(`data-label="${world.label.key}" data-collector="${world.pages.otherSite}"`) });
  expect(await ask()).toMatchObject({ verdict: 'answered_by_stranger', facts: {} });
});

test('a secret key in the place of the label’s is told to be one, and not told again', async () => {
  await open({ tag: world.tag('data-label="secret-3"') });
  const diagnosis = await ask();
  expect(diagnosis.verdict).toBe('unknown_label');
  expect(words(diagnosis)).toContain('rotate it');
  expect(JSON.stringify(diagnosis) + told.filter((line) => line.includes('doctor'))).not.toContain('secret-3');
});

test('a page of an origin that the label does not list is told which', async () => {
  const origin = world.pages.plainSite.replace('casino.example', 'stranger.example');
  await open({}, origin);
  const diagnosis = await ask();
  expect(diagnosis).toMatchObject({ verdict: 'origin_not_allowed', facts: { page: origin } });
  expect(diagnosis.todo).toContain(`add "${origin}"`);
});

test('a guarded machine and a missing consent are told without a word to the collector', async () => {
  const asked = world.network.arrivals.length;
  await open({ localhost: false }, world.pages.otherSite);
  expect(await ask()).toMatchObject({ verdict: 'localhost_guard' });
  await open({ tag: world.tag(`data-label="${world.label.key}" data-consent="required"`) });
  expect(await ask()).toMatchObject({ verdict: 'consent_missing' });
  expect(world.network.arrivals.length).toBe(asked);
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
});

test('a sandbox without storage is told, and so is the step that is left', async () => {
  const framed = world.page({ after: "_smartico.action('sandboxed')" });
  await page.goto(world.pages.site + world.pages.add(`<iframe sandbox="allow-scripts" src="${framed}"></iframe>`));
  const frame = page.frames()[1]!;
  await frame.waitForFunction(() => window._smartico?.version);
  await expect.poll(async () => (await frame.evaluate(() => window._smartico.flush())).pending).toBe(0);
  expect(await ask(frame)).toMatchObject({ verdict: 'not_durable', facts: { storage: 'memory', stored: 1 } });
});

test('a browser that refuses its database keeps events in localStorage, and is told', async () => {
  await open({ before: 'IDBFactory.prototype.open = () => { throw new DOMException("refused", "UnknownError") };' });
  await act(page, 'kept');
  await sendAll(page);
  expect(await ask()).toMatchObject({ verdict: 'not_durable', facts: { storage: 'journal' } });
});

test('a clock that is two hours ahead is measured by the collector’s', async () => {
  await open({ before: 'const now = Date.now; Date.now = () => now() + 7_200_000;' });
  await act(page, 'early');
  await sendAll(page);
  const diagnosis = await ask();
  expect(diagnosis.verdict).toBe('clock_off');
  expect(words(diagnosis)).toMatch(/clock is (120 min|2 h 0 min) ahead/);
});

test('what is held back on this path is told where all else is well', async () => {
  await open({ tag: world.tag(`data-label="${world.label.key}" data-suspend-on="/page*"`) });
  await act(page, 'here');
  await sendAll(page);
  await page.evaluate(() => window._smartico.ready());
  expect(await ask()).toMatchObject({ verdict: 'suspended', facts: { held: ['popups', 'inbox'], live: 'open' } });
});

test('the script that stands twice in the page is told', async () => {
  await open({ tag: world.tag() + world.tag() });
  await act(page, 'once');
  await sendAll(page);
  const diagnosis = await ask();
  expect(diagnosis.verdict).toBe('loaded_twice');
  expect(diagnosis.facts.scripts).toHaveLength(2);
});

test('a frame is answered by the page around it, about that page', async () => {
  const tag = `<script src="${world.network.url}/smartico_inframe.js" data-hosts="${world.pages.site}"></script>`;
  await open({
    tag: world.tag(`data-label="${world.label.key}" data-frames="${world.pages.otherSite}"`),
    body: `<iframe src="${world.pages.otherSite}${world.page({ tag })}"></iframe>`,
  });
  const frame = page.frames()[1]!;
  await frame.waitForFunction(() => window._smartico_inframe?.version);
  expect(await frame.evaluate(() => window._smartico_inframe.doctor())).toMatchObject({
    verdict: 'nothing_sent',
    facts: { page: world.pages.site },
  });
});
