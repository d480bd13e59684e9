/**
 * The demo as a visitor meets it: what they do arrives once, and links act once.
 */
import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { demoVisit } from '../support/demo-visit.ts';

const visit = demoVisit();
const { open, logIn, arrived, named, expectArrived } = visit;
let page: Page;
beforeEach(() => {
  page = visit.page;
});

describe("the operator's site", () => {
  test("the cashier's event arrives once each time, although its page leaves in the same task", async () => {
    for (let deposit = 1; deposit <= 5; deposit++) {
      await open('/deposit.html');
      await page.getByRole('button', { name: 'Deposit' }).click();
      await page.waitForURL('**/thanks.html');
    }
    await expectArrived(...Array.from({ length: 5 }, (): [string, null] => ['CashierSubmitClicked', null]));
    expect((await arrived())[0]?.payload).toEqual({ client_action: 'CashierSubmitClicked' });
  });

  test('the corner of every page asks the doctor', async () => {
    await open('/');
    await page.locator('.queue summary').click();
    await page.getByRole('button', { name: 'Why?' }).click();
    await page
      .locator('.queue')
      .getByText(/^(well|nothing_sent): /)
      .waitFor();
  });

  test('a click made before the SDK has loaded arrives', async () => {
    let load = (): void => undefined;
    const loading = new Promise<void>((resolve) => {
      load = resolve;
    });
    await page.route('**/smartico.js', async (route) => {
      await loading;
      await route.continue();
    });
    await page.goto(visit.collector.url, { waitUntil: 'domcontentloaded' });
    await page.getByRole('button', { name: 'Diamond Mine' }).click();
    load();
    await expectArrived(['GAME_TILE_CLICKED', null]);
    expect((await arrived())[0]?.payload.game).toBe('Diamond Mine');
  });

  test.each(['_smartico_user_id = id', "_smartico.online(id, 'EN', hash)"])(
    'what a customer does carries the id that %s gave, until the logout',
    async (how) => {
      await logIn(how);
      await page.getByRole('button', { name: 'piggy bank' }).click();
      await page.getByLabel('Came from').selectOption('weekend_mail');
      await page.getByRole('button', { name: 'Set entry point' }).click();
      await open('/');
      await page.getByRole('button', { name: 'Royal Sevens' }).click();
      await open('/profile.html');
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('button', { name: 'piggy bank' }).click();
      await expectArrived(
        ['PIGGY-BANK-CLICK', 'test98635568'],
        ['weekend_mail', 'test98635568'],
        ['GAME_TILE_CLICKED', 'test98635568'],
        ['PIGGY-BANK-CLICK', null],
      );
      expect(await page.locator('#who').textContent()).toBe('Visitor');
      expect(new Set((await arrived()).map(({ trust, user_ext_id }) => user_ext_id && trust))).toEqual(
        new Set(['verified', null]),
      );
    },
  );
});

describe('links in an e-mail', () => {
  const follow = async (title: string): Promise<void> => {
    await open('/links.html');
    await page.getByRole('link', { name: title, exact: true }).click();
  };

  test('each form fires its action once, and leaves the rest of the address as it was', async () => {
    await logIn('_smartico_user_id = id');
    const names = [
      ['Claim the VIP bonus', 'VIP-BONUS-CLICK', '/'],
      ['Claim it, raw', 'VIP-BONUS-RAW', '/'],
      ['Weekend offer', 'WEEKEND-MAIL', '/?utm_source=newsletter&utm_campaign=november#games'],
      ['Spin & Win', 'SPIN & WIN', '/'],
    ] as const;
    for (const [index, [title, , rest]] of names.entries()) {
      await follow(title);
      await expect.poll(async () => (await named()).length).toBe(index + 1);
      await expect.poll(() => page.url()).toBe(visit.collector.url + rest);
    }
    await expectArrived(...names.map(([, action]): [string, string] => [action, 'test98635568']));
    expect(new Set((await named()).map(({ source }) => source))).toEqual(new Set(['deep_link']));
  });

  test('one that waits for the login runs once for whoever logs in, even from a later page', async () => {
    await follow('Your personal gift');
    await page.waitForFunction(() => '_smartico' in window && !location.hash);
    await open('/');
    await logIn('_smartico_user_id = id');
    await expectArrived(['MAIL-BEFORE-LOGIN', 'test98635568']);
  });

  test.each([
    ['Your messages', () => page.getByRole('dialog', { name: 'Inbox' }).waitFor()],
    ['Your level', () => page.frameLocator('dialog iframe').getByText('Bronze').waitFor()],
    ['To the cashier', () => page.waitForURL('**/deposit.html')],
    ['To the profile', () => page.waitForURL('**/profile.html')],
    ['Confetti', () => page.getByText('Confetti, gold.').waitFor()],
  ])('"%s" opens what it names', async (title, opened) => {
    await logIn('_smartico_user_id = id');
    await follow(title);
    await opened();
  });

  test.each(['A name over two lines', 'Fireworks', 'An action without a name', 'Somebody else’s site'])(
    '"%s" fires nothing, and the console says why',
    async (title) => {
      await logIn('_smartico_user_id = id');
      await follow(title);
      await expect.poll(() => visit.told.join()).toMatch(/link_dropped|link_unknown|empty_action/);
      await page.getByRole('button', { name: 'Royal Sevens' }).click();
      await expectArrived(['GAME_TILE_CLICKED', 'test98635568']);
    },
  );
});

describe('the corner', () => {
  test('shows what waits and the last verdict, opens by keyboard, and stays open on the next page', async () => {
    await open('/');
    await page.getByRole('button', { name: 'Tide Line' }).click();
    const corner = page.locator('.queue');
    await corner.getByText('last stored').waitFor();
    await corner.locator('summary').press('Enter');
    await corner.locator('li .stored').waitFor();
    await open('/deposit.html');
    expect(await corner.evaluate((details) => (details as HTMLDetailsElement).open)).toBe(true);
  });
});

test('every page loads without an error and without scrolling sideways on a phone', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  const quiet = ['/', '/deposit.html', '/thanks.html', '/messages.html', '/profile.html', '/links.html'];
  for (const path of [...quiet, '/office/']) {
    await open(path);
    if (quiet.includes(path)) {
      await page.waitForFunction(() => document.querySelector('.queue b')?.textContent === '0');
      // A browser complains of a socket that is left while it opens.
      await page.evaluate(() => window._smartico.ready());
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(360);
  }
  expect(visit.told).toEqual([]);
});
