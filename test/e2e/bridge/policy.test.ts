/** The strictest policies that an operator and a platform can have, Trusted Types on both sides: the bridge works, no report. */
import { readFile } from 'node:fs/promises';
import type { Frame, Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { bridgeWorld, known, platformOf } from '../../support/bridge-world.ts';
import { expectDelivered } from '../../support/delivery.ts';
import { popupOf } from '../../support/live-world.ts';

const world = bridgeWorld();
let complaints: string[];
beforeEach(() => {
  complaints = [];
  // A frame's own policy complains on the console alone.
  world.context.on('console', (message) => {
    if (/policy|trusted/i.test(message.text())) complaints.push(message.text());
  });
});

const TRUSTED = `require-trusted-types-for 'script'; trusted-types`;
/** Its origin, and the same for sockets: to a policy that is another one. */
const collector = () => `${world.collector.url} ${world.collector.url.replace('http', 'ws')}`;
const script = (text: string) =>
  `<script src="${world.pages.add(text, { 'content-type': 'text/javascript' })}"></script>`;
const watch = () =>
  script(`window._smartico_allow_localhost = true; window.reports = []; window.scripts = [];
    document.addEventListener('securitypolicyviolation', (report) => reports.push(report.violatedDirective + ' ' + report.blockedURI));
    new MutationObserver((changes) => {
      for (const { src, integrity } of changes.flatMap(({ addedNodes }) => [...addedNodes]))
        if (src) scripts.push({ path: new URL(src).pathname, pinned: integrity > '' });
    }).observe(document, { childList: true, subtree: true });`);
/** Path of a page without an inline script or style, under the policy. */
const strict = (policy: string, tag: string, own: string, body: string): string =>
  world.pages.add(
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Strict</title>
${watch()}${tag}${script(own)}<body><h1>Strict</h1>${body}`,
    { 'content-security-policy': policy },
  );
const platform = (policy: string, options = '{}') =>
  strict(
    policy,
    `<script src="${world.collector.url}/smartico_inframe.js" data-hosts="${world.host}"></script>`,
    `_smartico_inframe.init('${world.label.key}', ${options}); _smartico_inframe.online('ann'); _smartico_inframe.action('Played');`,
    '',
  );
const FRAMED = () => `default-src 'none'; script-src 'self' ${world.collector.url}; ${TRUSTED} 'none'`;
const openStrict = async (tag: string, framed = platform(FRAMED())): Promise<{ page: Page; frame: Frame }> => {
  const policy = `default-src 'self' ${collector()}; frame-src ${world.platform} ${world.collector.url}; ${TRUSTED} _smartico`;
  const page = await world.context.newPage();
  await page.goto(world.host + strict(policy, tag, '', `<iframe src="${world.platform + framed}"></iframe>`));
  const frame = platformOf(page);
  await known(frame);
  return { page, frame };
};
const useEverything = async (page: Page, frame: Frame): Promise<void> => {
  await expectDelivered(world.label, ['Played']);
  await world.operator.popup('ann', 'Tonight', { html: '<h3 style="color: green">Tonight</h3>' });
  await popupOf(page).frameLocator('iframe').getByText('Tonight').waitFor();
  await popupOf(page).getByRole('button', { name: 'Close' }).click();
  await frame.evaluate(() => window._smartico_inframe.dp('dp:inbox'));
  await page.locator('dialog.inbox').getByRole('button', { name: 'Close' }).click();
  expect(await frame.evaluate(() => window._smartico_inframe.api.getInboxUnreadCount())).toBe(0);
};
const reports = (frame: Frame) => frame.evaluate(() => (window as unknown as { reports: string[] }).reports);
interface Script {
  path: string;
  pinned: boolean;
}
/** Ours, as they came; a tag may be gone once its script ran. */
const scripts = async (frame: Frame): Promise<Script[]> => {
  const all = await frame.evaluate(() => (window as unknown as { scripts: Script[] }).scripts);
  return all.filter(({ path }) => path.includes('smartico'));
};

test('under strict policies with Trusted Types on both sides everything works, without one violation', async () => {
  const { page, frame } = await openStrict(
    `<script src="${world.collector.url}/smartico.js" data-frames="${world.platform}"></script>`,
  );
  await useEverything(page, frame);
  expect([await reports(page.mainFrame()), await reports(frame), complaints]).toEqual([[], [], []]);
});

test('a page that pins the script by its hash gets the room of frames pinned as well', async () => {
  const file = new URL('../../../dist/integrity.json', import.meta.url);
  const { path, integrity } = JSON.parse(await readFile(file, 'utf8'))['smartico.js'] as { [name: string]: string };
  const { page, frame } = await openStrict(
    `<script src="${world.collector.url}${path}" integrity="${integrity}" crossorigin="anonymous" data-frames="${world.platform}"></script>`,
  );
  await useEverything(page, frame);
  expect([await reports(page.mainFrame()), await reports(frame), complaints]).toEqual([[], [], []]);
  const loaded = await scripts(page.mainFrame());
  expect(loaded.map((one) => one.path)).toContainEqual(expect.stringMatching(/^\/immutable\/smartico_frames\./));
  expect(loaded.filter(({ path, pinned }) => !pinned || !path.startsWith('/immutable/'))).toEqual([]);
});

test('a platform that stands alone under such a policy is its own host, without one violation', async () => {
  const path = platform(
    `default-src 'self' ${collector()}; ${TRUSTED} _smartico _smartico_inframe`,
    '{ standalone: true }',
  );
  const page = await world.context.newPage();
  await page.goto(world.platform + path);
  await known(page.mainFrame());
  await useEverything(page, page.mainFrame());
  expect([await reports(page.mainFrame()), complaints]).toEqual([[], []]);
});
