/**
 * Pages that are unlike the usual one: on somebody's own machine, with the script twice, in a sandbox, under a strict
 * policy, without a secure context.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act, deliveryWorld, expectDelivered, openReady, sendAll } from '../../support/delivery.ts';
import { eachVisitor } from '../../support/each-visitor.ts';

const world = deliveryWorld();
let page: Page;
let told: string[];
eachVisitor(
  async (device) => {
    page = await device.newPage();
    told = [];
    page.on('console', (message) => message.text().startsWith('[smartico]') && told.push(message.text()));
  },
  { hosts: { 'casino.example': '127.0.0.1' } },
);

test.each([
  ['', false],
  [', not even by the stub', true],
])('on localhost nothing is stored or sent until the page allows it%s, and one notice says so', async (_, stub) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  const calls = "_smartico('action', 'refused-1'); _smartico('event', 'refused-2'); _smartico('online', 'ann')";
  const tag = stub ? `<script>${calls}</script>${world.tag()}` : world.tag();
  const path = world.page({ localhost: false, stub, tag, after: calls });
  await page.goto(world.pages.otherSite + path);
  const kept = () =>
    page.evaluate(async () => [Object.keys(localStorage), (await indexedDB.databases()).map(({ name }) => name)]);
  expect(await kept()).toEqual([[], []]);
  expect(asked).toEqual([`GET ${path}`, 'GET /smartico.js']);
  expect(told).toHaveLength(1);
  await page.evaluate(() => {
    window._smartico_allow_localhost = true;
  });
  await act(page, 'allowed-3');
  await sendAll(page);
  await expectDelivered(world.label, ['allowed-3']);
});

test('the SDK that is loaded twice reports once', async () => {
  await openReady(page, world.pages.site + world.page({ tag: world.tag() + world.tag() }));
  await act(page, 'once-1', 'once-2');
  await sendAll(page);
  await expectDelivered(world.label, ['once-1', 'once-2']);
  expect(told).toEqual([expect.stringContaining('loaded_twice')]);
});

test('in a sandbox without an origin the SDK works from memory', async () => {
  const framed = world.page({ after: "_smartico.action('sandboxed-1'); _smartico.action('sandboxed-2')" });
  await page.goto(world.pages.site + world.pages.add(`<iframe sandbox="allow-scripts" src="${framed}"></iframe>`));
  await expectDelivered(world.label, ['sandboxed-1', 'sandboxed-2']);
  const frame = page.frames()[1]!;
  await frame.evaluate(() => window._smartico.action('sandboxed-3'));
  await expect.poll(async () => (await frame.evaluate(() => window._smartico.flush())).pending).toBe(0);
  await expectDelivered(world.label, ['sandboxed-1', 'sandboxed-2', 'sandboxed-3']);
});

test('a framed page of another site reports from its own storage', async () => {
  const framed = world.pages.otherSite + world.page({ after: "_smartico.action('framed-1')" });
  await page.goto(world.pages.site + world.pages.add(`<iframe src="${framed}"></iframe>`));
  await expectDelivered(world.label, ['framed-1']);
});

test('a page under a strict policy reports nothing to its policy', async () => {
  const reports: string[] = [];
  world.pages.on('/policy-report', (body) => void reports.push(body));
  const { url } = world.network;
  const policy = `default-src 'none'; script-src ${url}; connect-src ${url} ${url.replace('http', 'ws')}; require-trusted-types-for 'script'; trusted-types _smartico; img-src data:; report-uri /policy-report`;
  const html = `<!doctype html><link rel="icon" href="data:,"><title>Strict</title>${world.tag()}`;
  await page.addInitScript(() => {
    window._smartico_allow_localhost = true;
    const broken: string[] = [];
    addEventListener('securitypolicyviolation', ({ violatedDirective }) => broken.push(violatedDirective));
    Object.assign(window, { broken });
  });
  await page.goto(world.pages.site + world.pages.add(html, { 'content-security-policy': policy }));
  await act(page, 'strict-1');
  await page.evaluate(() => window._smartico.action('strict-2', { large: 'x'.repeat(5_000) }));
  await sendAll(page);
  await page.reload();
  await act(page, 'strict-3');
  await sendAll(page);
  await expectDelivered(world.label, ['strict-1', 'strict-2', 'strict-3']);
  expect(await page.evaluate(() => (window as unknown as { broken: string[] }).broken)).toEqual([]);
  expect(reports).toEqual([]);
});

test('on a site without a secure context, where there are no locks, events arrive once', async () => {
  await openReady(page, world.pages.plainSite + world.page({ localhost: false }));
  expect(await page.evaluate(() => isSecureContext)).toBe(false);
  await act(page, 'plain-1', 'plain-2');
  await sendAll(page);
  await expectDelivered(world.label, ['plain-1', 'plain-2']);
});
