/** A link is a link, whoever opens it: a label that lists what links may do is not talked round by a frame. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { begin, bridgeWorld, known, platformOf } from '../../support/bridge-world.ts';
import { sendAll } from '../../support/delivery.ts';
import { eventsNamed } from '../../support/live-world.ts';

const world = bridgeWorld({ deepLinkActions: { listed: ['LISTED'] } });
/** What became of these actions: how they are stored, and why they are not. */
const outcome = async (page: Page) => {
  await sendAll(page);
  const { dead } = await page.evaluate(() => window._smartico.receipts());
  const stored = await eventsNamed(world, 'LISTED', 'FORGED');
  return {
    stored: stored.map(({ payload, source }) => [payload.client_action, source]),
    refused: dead.map(({ code, event }) => [code, event.includes('FORGED')]),
  };
};
const judged = { stored: [['LISTED', 'deep_link']], refused: [['link_not_listed', true]] };

test('one in the page’s address that waited for the user whom a frame names', async () => {
  const platform = world.platform + world.platformPage({ after: begin(world) });
  const page = await world.context.newPage();
  await page.goto(`${world.host}${world.hostPage(platform)}#_smartico_dp=dp:action%26action=LISTED`);
  await expect.poll(() => page.url()).not.toContain('_smartico_dp');
  await page.evaluate(() => {
    location.hash = '_smartico_dp=dp:action&action=FORGED';
  });
  await expect.poll(() => page.url()).not.toContain('_smartico_dp');
  await platformOf(page).evaluate(() => window._smartico_inframe.online('ann'));
  await known(platformOf(page));
  expect(await outcome(page)).toEqual(judged);
});

test('one that the frame opens itself', async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world, 'ann') });
  await known(frame);
  await frame.evaluate(async () => {
    window._smartico_inframe.dp('dp:action&action=LISTED');
    window._smartico_inframe.dp('dp:action&action=FORGED');
    await window._smartico_inframe.flush();
  });
  expect(await outcome(page)).toEqual(judged);
});
