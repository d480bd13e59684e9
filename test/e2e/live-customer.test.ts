/** One customer in the live view: found, marked, sent something, and seen to take it. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { envelope, sendFromServer } from '../support/batches.ts';
import { openBrowser } from '../support/browser.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';

let collector: CollectorHere;
let browser: Browser;
let live: Page;

beforeAll(async () => {
  [collector, browser] = await Promise.all([startHere(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await collector?.stop();
});
beforeEach(async () => {
  live = await browser.newPage({ viewport: { width: 1280, height: 900 } });
});
afterEach(() => live.close());

const openLive = async (place = ''): Promise<void> => {
  await live.goto(`${collector.url}/live#key=demo-admin${place}`);
  await live.locator('#connection[data-at="open"]').waitFor();
};
const happened = (user: string, event_type: string, payload = {}) =>
  sendFromServer(collector, envelope({ user_ext_id: user, event_type, payload }));
const engagements = () => live.getByRole('region', { name: 'Engagements' });
const said = (text: string) => live.locator('#send-said', { hasText: text }).waitFor();

test('from an event to its customer, and from the customer to an event', async () => {
  await happened('ann', 'update_profile', { name: 'Ann', city: 'Lisbon' });
  await openLive();
  await live.locator('.row', { hasText: 'update_profile' }).first().click();
  await live.getByRole('button', { name: 'Show this customer' }).click();
  await live.getByRole('heading', { name: 'ann' }).waitFor();
  await live.getByText('properties').click();
  await live.getByRole('region', { name: 'What was told of the customer' }).getByText('Lisbon').waitFor();
  expect(await live.evaluate(() => location.hash)).toBe('#customer=ann');
  await live.getByRole('link', { name: 'update_profile' }).click();
  await live.locator('#envelope').getByText('Lisbon').first().waitFor();
});

test('an address leads to a customer, and what they do appears while they are looked at', async () => {
  await happened('bob', 'login');
  await openLive('&customer=bob');
  await live.getByRole('link', { name: 'login' }).waitFor();
  await happened('bob', 'deposit_approved', { amount: 5 });
  await live.getByRole('link', { name: 'deposit_approved' }).waitFor();
});

test('tags are added and removed, and the segments follow', async () => {
  await happened('cleo', 'login');
  await openLive('&customer=cleo');
  const tags = live.getByRole('list', { name: 'Tags' });
  await live.getByLabel('New tag').fill('vip');
  await live.keyboard.press('Enter');
  await tags.getByText('VIP').waitFor();
  await live.locator('.facts').getByText('has the tag VIP').waitFor();
  await tags.getByRole('button', { name: 'Remove VIP' }).click();
  await tags.getByText('no tags').waitFor();
  await live.locator('.facts').getByText('in none').waitFor();
});

test('a popup is sent to somebody who has never been here, and what becomes of it is seen', async () => {
  await openLive('&customer=dora');
  await live.getByText('Nothing is known of them yet.').waitFor();
  await live.getByLabel('Title').fill('Autumn offer');
  await live.getByRole('button', { name: 'Send now' }).click();
  await said('waits for the next visit');
  await engagements().getByText('pending').waitFor();
  const uid = await engagements().locator('code').textContent();
  await happened('dora', 'engagement_impression', { engagement_uid: uid, activityType: 30 });
  await engagements().getByText('shown').waitFor();
});

test('what would be refused or taken out is said before anything is sent', async () => {
  await openLive('&customer=eve');
  await live.getByLabel('Title').fill('Spin now');
  await live.getByLabel('HTML').fill('<p onclick=x>Hello</p><form></form>');
  await live.getByLabel('Button').fill('Go');
  await live.getByLabel('Opens').fill('javascript:alert(1)');
  const verdict = live.locator('#send-verdict');
  await verdict.getByText('unsafe_link').waitFor();
  expect(await live.getByLabel('Opens').getAttribute('aria-invalid')).toBe('true');
  await live.getByRole('button', { name: 'Send now' }).click();
  await said('Not sent.');
  await live.getByLabel('Opens').fill('/promo');
  await verdict.getByText('p[onclick]').waitFor();
  await verdict.getByText('nothing is sent from here').waitFor();
  await live.getByRole('button', { name: 'Send now' }).click();
  await said('Sent;');
  await engagements().getByText('Spin now').waitFor();
});

test('an answer that was lost, and the button pressed again, is one engagement', async () => {
  await openLive('&customer=gina');
  await live.getByLabel('Title').fill('Only once');
  await live.route('**/engagements', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await live.getByRole('button', { name: 'Send now' }).click();
  await said('The collector does not answer.');
  await live.unroute('**/engagements');
  await live.getByRole('button', { name: 'Send now' }).click();
  await said('Sent;');
  await engagements().getByText('Only once').waitFor();
  expect(await engagements().getByText('Only once').count()).toBe(1);
});

test('a message, a link and a push each have their own fields', async () => {
  await openLive('&customer=finn');
  const kind = live.getByLabel('What to send');
  await kind.selectOption('inbox message');
  await live.getByLabel('Title').fill('News');
  await live.locator('#send-body').fill('Read on');
  await live.getByRole('button', { name: 'Send now' }).click();
  await live.getByRole('region', { name: 'Inbox' }).getByText('unread').waitFor();
  await kind.selectOption('deep link');
  await live.getByLabel('Link').fill('dp:inbox');
  await live.getByRole('button', { name: 'Send now' }).click();
  await engagements().getByText('dp:inbox').waitFor();
  await kind.selectOption('push notification');
  await live.getByRole('button', { name: 'Send now' }).click();
  await said('Sent to 0 browsers.');
});
