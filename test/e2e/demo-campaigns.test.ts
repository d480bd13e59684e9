/**
 * The demo tells the whole story: three deposits, and what follows in the page and in the live view.
 */
import { test } from 'vitest';
import { demoVisit } from '../support/demo-visit.ts';

const USER = 'test98635568';
const visit = demoVisit();

test('three deposits: the segment, the popup, the bell, the e-mail, the mission at 3 of 3, and the trace that says why', async () => {
  const { page } = visit;
  await visit.logIn('_smartico_user_id = id');
  await visit.open('/campaigns.html');
  await visit.identified();
  for (const _ of [1, 2, 3]) await visit.press('Deposit');

  await page.getByRole('dialog').getByText(`Three in a week, ${USER}`).waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Not now' }).click();
  for (const part of ['segment', 'tag', 'inbox', 'level']) await page.locator(`[data-part="${part}"].done`).waitFor();
  await page.getByRole('button', { name: 'Inbox, 1 unread' }).waitFor();
  await visit.press('Show my missions');
  await page.frameLocator('dialog iframe').getByText('3 of 3').waitFor();
  await page.frameLocator('dialog iframe').getByRole('button', { name: 'Close' }).click();

  const live = await page.context().newPage();
  await live.goto(`${visit.collector.url}/live#key=demo-admin&customer=${USER}`);
  await live.getByText('3 of 3').first().waitFor();
  await live.getByRole('tab', { name: 'Campaigns' }).click();
  await live.getByRole('link', { name: 'three-deposits' }).click();
  await live.getByRole('button', { name: 'e-mail' }).click();
  await live.locator('#message').getByText(`${USER}, your seat is kept`).waitFor();
  await live.locator('#message').getByRole('button', { name: 'Close' }).click();

  await live.getByRole('tab', { name: 'Events' }).click();
  await live.locator('#event-list').getByText('DEPOSIT_CLICKED').first().click();
  const verdict = live.locator('#envelope .verdicts .fired');
  await verdict.getByRole('link', { name: 'three-deposits' }).waitFor();
});
