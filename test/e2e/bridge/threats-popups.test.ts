/** What the collector sends as HTML stands in the page beside frames that may call: it is none of them. */
import type { Frame, Page } from 'playwright-core';
import { beforeEach, expect, test } from 'vitest';
import { actInFrame, bridgeWorld } from '../../support/bridge-world.ts';
import { expectDelivered } from '../../support/delivery.ts';
import { identified, popupOf } from '../../support/live-world.ts';

const world = bridgeWorld();
let page: Page;
let frame: Frame;
beforeEach(async () => {
  ({ page, frame } = await world.openBoth({
    attributes: `data-label="${world.label.key}"`,
    before: `
      window._smartico_user_id = 'ann';
      window.posted = [];
      addEventListener('message', ({ origin, data }) => posted.push([origin, data]));`,
  }));
  await identified(page);
});

/** Windows that a script of the popup's reached. */
const touched = () => Promise.all([page, frame].map((window) => window.evaluate(() => 'touched' in globalThis)));

test('B19: a popup’s HTML that knocks and calls is not heard, while a frame that may call is', async () => {
  const knock = `parent.postMessage('_smartico:hello','*');top.postMessage('_smartico:hello','*');parent.touched=1`;
  await world.operator.popup('ann', 'Bonus', {
    html: `<p>Tonight</p><img src=x onerror="${knock}"><svg onload="${knock}"></svg><script>${knock}</script><iframe srcdoc="<script>${knock}</script>"></iframe>`,
  });
  await popupOf(page).frameLocator('iframe').getByText('Tonight').waitFor();
  await actInFrame(frame, 'Heard');
  await expectDelivered(world.label, ['Heard', 'engagement_impression']);
  const posted = await page.evaluate(() => (window as unknown as { posted: [string, unknown][] }).posted);
  expect(new Set(posted.map(([origin]) => origin))).toEqual(new Set([world.platform]));
  expect([await touched(), world.told]).toEqual([[false, false], []]);
});

test.each([
  'javascript:top.touched=1',
  '\tjava\nscript:top.touched=1',
  'data:text/html,<script>top.touched=1</script>',
])(
  'B20: the link %j leads nowhere in a popup’s HTML, is refused on a button, and dropped when a frame opens it',
  async (address) => {
    const go = `dp:go&url=${encodeURIComponent(address)}`;
    const buttons = [{ text: 'Go', action: go }];
    await expect(world.operator.popup('ann', 'Button', { buttons })).rejects.toThrow('unsafe_link');
    await world.operator.popup('ann', 'Bonus', {
      html: `<p>Tonight</p><a href="${address}">Claim</a><a href="${address}" target="_top">Take</a>`,
    });
    const here = page.url();
    for (const text of ['Claim', 'Take']) await popupOf(page).frameLocator('iframe').getByText(text).click();
    await frame.evaluate((link) => window._smartico_inframe.dp(link), go);
    await expect.poll(() => world.told).toEqual([expect.stringContaining('link_dropped')]);
    expect([await touched(), page.url(), world.context.pages()]).toEqual([[false, false], here, [page]]);
  },
);
