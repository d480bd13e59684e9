/**
 * The demo as a customer meets it: what is known of them, what they are sent, and what they agreed to.
 */
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { demoVisit } from '../support/demo-visit.ts';
import { operatorOf } from '../support/operator.ts';

const visit = demoVisit();
const { open, logIn, identified, press, arrived, expectArrived } = visit;
let page: Page;
beforeEach(() => {
  page = visit.page;
});

describe('the customer in the page', () => {
  const prop = (name: string) => page.locator('#props div', { hasText: name }).locator('dd');
  const expectProp = (name: string, value: string) => expect.poll(() => prop(name).textContent()).toBe(value);
  /** In the page, and then in the collector: the widget asks there. */
  const becomeLamplighter = async () => {
    await press('Set nickname');
    await expectProp('public_username', 'Lamplighter');
    const { customer } = operatorOf(() => ({ url: visit.collector.url, admin: 'demo-admin' }));
    await expect.poll(async () => (await customer('test98635568')).props.public_username).toBe('Lamplighter');
  };

  beforeEach(async () => {
    await logIn('_smartico_user_id = id');
    await expectProp('core_public_tags', '–');
  });

  test('what they change shows in the page at once, and in the collector', async () => {
    await press('Add');
    await expectProp('core_public_tags', 'VIP, NEWSLETTER');
    await page.getByLabel('Tags').fill('newsletter');
    await press('Remove');
    await expectProp('core_public_tags', 'VIP');
    await press('Set nickname');
    await expectProp('public_username', 'Lamplighter');
    await press('Use the lantern as picture');
    await expectProp('avatar_id', `${visit.collector.url}/lantern.svg`);
    await page.getByLabel('Language', { exact: true }).selectOption('de');
    await press('Change language');
    await expectProp('core_user_language', 'de');
    await page.getByLabel('Came from').selectOption('weekend_mail');
    await press('Set entry point');
    await press('Set campaign');
    await expect
      .poll(async () => {
        await press('Am I in them?');
        return await page.locator('#matches .yes').allTextContents();
      })
      .toEqual(['VIP yes', 'WEEKENDERS yes', 'GERMAN_SPEAKERS yes']);
    await page.reload();
    await expectProp('public_username', 'Lamplighter');
    await expectProp('core_user_language', 'de');
  });

  test('the widget shows them, over the page and in a frame of it, and goes when it is closed', async () => {
    await becomeLamplighter();
    await press('Show it over the page');
    await page.frameLocator('dialog iframe').getByText('Lamplighter').waitFor();
    await page.frameLocator('dialog iframe').getByRole('button', { name: 'Close' }).click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    await press('Show it in the frame');
    await page.frameLocator('#widget').getByText('Lamplighter').waitFor();
    await page.frameLocator('#widget').getByRole('button', { name: 'Close' }).click();
    await page.locator('#widget').waitFor({ state: 'hidden' });
  });

  test('a back office on another origin frames it too', async () => {
    await becomeLamplighter();
    await open('/office/');
    await press('Show');
    await page.getByText('test98635568 is shown.').waitFor();
    await page.frameLocator('#widget').getByText('Lamplighter').waitFor();
    await page.frameLocator('#widget').getByRole('button', { name: 'Close' }).click();
    await page.getByText('Closed.').waitFor();
  });
});

describe('what the operator sends', () => {
  const popup = () => page.locator('dialog.popup');
  const send = async (name: string): Promise<void> => {
    await press(name);
    await page.getByText(/^(Sent\.|Tags now)/).waitFor();
  };
  beforeEach(async () => {
    await logIn("_smartico.online(id, 'EN', hash)");
    await open('/messages.html');
    await identified();
  });

  test('popups come at once, say what they say, and their buttons act', async () => {
    await send('A popup');
    await popup().getByRole('button', { name: 'To the cashier' }).click();
    await page.waitForURL('**/deposit.html');
    await open('/messages.html');
    await identified();
    await send('A popup with HTML');
    await page.frameLocator('dialog.popup iframe').getByText('50 % more').waitFor();
    await popup().getByRole('button', { name: 'Take it' }).click();
    await expectArrived(['WEEKEND-OFFER', 'test98635568']);
  });

  test('messages are counted by the bell, listed by the page and opened by the bell', async () => {
    await send('An inbox message');
    await expect.poll(() => page.locator('#bell').getAttribute('data-count')).toBe('1');
    await send('One with HTML');
    await page.getByText('(2 unread)').waitFor();
    await page
      .locator('#inbox li', { hasText: 'Ten free rounds' })
      .getByRole('button', { name: 'Mark as read' })
      .click();
    await page.getByText('(1 unread)').waitFor();
    await page.locator('#inbox li', { hasText: 'Ten free rounds' }).getByRole('button', { name: 'Delete' }).click();
    await expect.poll(() => page.locator('#inbox li').count()).toBe(1);
    await page.locator('#bell').click();
    await page.locator('dialog').getByText('What is new at the tables').click();
    await page.frameLocator('dialog iframe').getByText('Mira').waitFor();
    await expect.poll(() => page.locator('#bell').getAttribute('data-count')).toBe(null);
  });

  test('a popup waits while a part of the site holds popups back', async () => {
    await page.getByLabel("{ reason: 'game' }").check();
    await page.getByLabel("{ reason: 'video', ttl: 60000 }").check();
    await send('A popup');
    await page.getByLabel("{ reason: 'video', ttl: 60000 }").uncheck();
    await page.evaluate(() => window._smartico.api.getInboxMessages());
    expect(await popup().count()).toBe(0);
    await page.getByLabel("{ reason: 'game' }").uncheck();
    await popup().waitFor();
  });

  test('a popup that is sent to the cashier waits for the next page', async () => {
    await open('/deposit.html');
    await identified();
    await send('Send me a popup');
    await page.evaluate(() => window._smartico.api.getInboxMessages());
    expect(await popup().count()).toBe(0);
    await open('/');
    await popup().waitFor();
  });

  test('a deep link runs in the open page, a tag is in its props', async () => {
    await send('A deep link');
    await page.getByRole('dialog', { name: 'Inbox' }).waitFor();
    await page.keyboard.press('Escape');
    await send('The tag VIP');
    await expect.poll(() => page.evaluate(() => window._smartico.getPublicProps()?.core_public_tags)).toEqual(['VIP']);
  });

  test('push says what stands in its way', async () => {
    await press('Allow notifications');
    await page.locator('#allowed', { hasText: /./ }).waitFor();
    await press('A push');
    await page.getByText('No browser of yours asked for notifications.').waitFor();
  });
});

describe('a page that asks for consent', () => {
  beforeEach(() => open('/consent.html'));

  test('reports nothing before the answer, and what waited after a yes', async () => {
    await press('Read the newsletter');
    await page.getByText('Captured.').waitFor();
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('_smartico')))).toEqual(
      [],
    );
    expect(await arrived()).toEqual([]);
    await press('Yes, you may');
    await expectArrived(['NEWSLETTER-CLICK', null]);
  });

  test('reports nothing after a no, on no page of the site, until the visitor changes their mind', async () => {
    await press('Read the newsletter');
    await press('No');
    await open('/');
    await page.getByText('You refused').waitFor();
    await press('Tide Line Live table');
    expect(await page.evaluate(() => window._smartico.flush())).toMatchObject({ stored: 0, pending: 0 });
    await open('/consent.html');
    await press('Yes, you may');
    await press('Read the newsletter');
    await expectArrived(['NEWSLETTER-CLICK', null]);
  });
});
