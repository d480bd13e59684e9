/** The strictest policy that an operator can have, with the collector's origin and nothing else: all of the surface, no report. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { sendAll } from '../../support/delivery.ts';
import { eventsNamed, expectHeard, liveWorld, popupOf, writeDown } from '../../support/live-world.ts';

const world = liveWorld();
let complaints: string[];
beforeEach(() => {
  complaints = [];
  // A frame's own policy complains on the console alone.
  world.context.on('console', (message) => {
    if (/policy|trusted/i.test(message.text())) complaints.push(message.text());
  });
});

/** Its origin, and the same for sockets: to a policy that is another one. */
const collector = () => `${world.collector.url} ${world.collector.url.replace('http', 'ws')}`;
/** A page without an inline script or style, under the policy. */
const openStrict = async (tag: string): Promise<Page> => {
  const script = (text: string) =>
    `<script src="${world.pages.add(text, { 'content-type': 'text/javascript' })}"></script>`;
  const before = `window._smartico_allow_localhost = true; window._smartico_user_id = 'ann'; window.reports = [];
    document.addEventListener('securitypolicyviolation', (report) => reports.push(report.violatedDirective + ' ' + report.blockedURI));
    window.scripts = [];
    new MutationObserver((changes) => {
      for (const { src, integrity } of changes.flatMap(({ addedNodes }) => [...addedNodes]))
        if (src) scripts.push({ path: new URL(src).pathname, pinned: integrity > '' });
    }).observe(document, { childList: true, subtree: true });`;
  const path = world.pages.add(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Casino</title>
${script(before)}${tag}${script(writeDown)}
<body><h1>Casino</h1><button data-smartico-bell>Messages</button>`,
    { 'content-security-policy': `default-src 'self' ${collector()}; require-trusted-types-for 'script'` },
  );
  return world.open(world.pages.site + path);
};
/** A popup with HTML, the inbox, the bell and the widget, one after the other. */
const useEverything = async (page: Page): Promise<void> => {
  const html = '<h3 style="color: green">Tonight</h3>';
  await world.operator.popup('ann', 'Tonight', {
    html,
    buttons: [{ text: 'Play', action: 'dp:action&action=PLAYED' }],
  });
  await popupOf(page).frameLocator('iframe').getByText('Tonight').waitFor();
  await popupOf(page).getByRole('button', { name: 'Play' }).click();
  await world.operator.message('ann', 'Welcome', { action: 'dp:inbox', html });
  await page.locator('[data-count="1"]').click();
  const inbox = page.locator('dialog.inbox');
  await inbox.getByRole('button', { name: /^Welcome/ }).click();
  await inbox.frameLocator('iframe').getByText('Tonight').waitFor();
  await inbox.getByRole('button', { name: 'Close' }).click();
  await page.evaluate(() => window._smartico.showWidget('short_info'));
  await expectHeard(page, 'gf_started', 1);
  const widget = page.locator('dialog.widget').frameLocator('iframe');
  await widget.getByRole('tab', { selected: true }).waitFor();
  await widget.getByRole('button', { name: 'Close' }).click();
  await expectHeard(page, 'gf_closing', 1);
  await sendAll(page);
  expect(await eventsNamed(world, 'engagement_impression', 'PLAYED')).toHaveLength(3);
};
const reports = (page: Page) => page.evaluate(() => (window as unknown as { reports: string[] }).reports);
interface Script {
  path: string;
  pinned: boolean;
}
/** Ours, as they came; a tag may be gone once its script ran. */
const scripts = async (page: Page): Promise<Script[]> => {
  const all = await page.evaluate(() => (window as unknown as { scripts: Script[] }).scripts);
  return all.filter(({ path }) => path.includes('smartico'));
};

test('under a strict policy with Trusted Types everything is drawn and told, without one violation report', async () => {
  const page = await openStrict(
    `<script src="${world.collector.url}/smartico.js" data-label="${world.label.key}"></script>`,
  );
  await useEverything(page);
  expect([await reports(page), complaints]).toEqual([[], []]);
  expect((await scripts(page)).map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/smartico.js', '/smartico_live.js', '/smartico_ui.js', '/smartico_api.js']),
  );
});

test('a page that pins the script by its hash gets every later room pinned as well', async () => {
  const file = new URL('../../../dist/integrity.json', import.meta.url);
  const { path, integrity } = JSON.parse(await readFile(file, 'utf8'))['smartico.js'] as { [name: string]: string };
  const page = await openStrict(
    `<script src="${world.collector.url}${path}" integrity="${integrity}" crossorigin="anonymous" data-label="${world.label.key}"></script>`,
  );
  await useEverything(page);
  expect([await reports(page), complaints]).toEqual([[], []]);
  const loaded = await scripts(page);
  expect(loaded).toHaveLength(4);
  for (const script of loaded) expect(script).toEqual({ path: expect.stringMatching(/^\/immutable\//), pinned: true });
});
