import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openBrowser } from '../support/browser.ts';
import { type RunningCollector, startCollector } from '../support/collector.ts';

interface Arrived {
  event_type: string;
  user_ext_id: string | null;
  source: string;
  payload: { [name: string]: unknown };
}

let collector: RunningCollector;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let told: string[];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  collector = await startCollector();
  context = await browser.newContext();
  page = await context.newPage();
  told = [];
  page.on('console', (message) => message.type() === 'error' && told.push(message.text()));
  page.on('pageerror', (error) => told.push(String(error)));
});
afterEach(async () => {
  await context.close();
  await collector.stop();
});

const arrived = async (): Promise<Arrived[]> => {
  const headers = { authorization: 'Bearer demo-admin' };
  const response = await fetch(`${collector.url}/v1/events?limit=1000`, { headers });
  return ((await response.json()) as { events: Arrived[] }).events;
};
/** What arrived, by name and customer, once it is as many as expected. */
const expectArrived = (...expected: [name: string, user: string | null][]): Promise<void> =>
  expect
    .poll(async () => (await arrived()).map(({ payload, user_ext_id }) => [nameOf(payload), user_ext_id]), {
      timeout: 15_000,
    })
    .toEqual(expected);
const nameOf = ({ client_action, core_last_login_entry }: Arrived['payload']): unknown =>
  client_action ?? core_last_login_entry;

const open = (path: string) => page.goto(collector.url + path);
const logIn = async (how: string): Promise<void> => {
  await open('/profile.html');
  await page.getByLabel(how).check();
  await page.getByRole('button', { name: 'Log in' }).click();
};

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

  test('a click made before the SDK has loaded arrives', async () => {
    let load = (): void => undefined;
    const loading = new Promise<void>((resolve) => {
      load = resolve;
    });
    await page.route('**/smartico.js', async (route) => {
      await loading;
      await route.continue();
    });
    await page.goto(collector.url, { waitUntil: 'domcontentloaded' });
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
      await expect.poll(async () => (await arrived()).length, { timeout: 15_000 }).toBe(index + 1);
      expect(page.url()).toBe(collector.url + rest);
    }
    await expectArrived(...names.map(([, action]): [string, string] => [action, 'test98635568']));
    expect(new Set((await arrived()).map(({ source }) => source))).toEqual(new Set(['deep_link']));
  });

  test('one that waits for the login runs once for whoever logs in, even from a later page', async () => {
    await follow('Your personal gift');
    await page.waitForFunction(() => '_smartico' in window && !location.hash);
    await open('/');
    await logIn('_smartico_user_id = id');
    await expectArrived(['MAIL-BEFORE-LOGIN', 'test98635568']);
  });

  test.each(['A name over two lines', 'Fireworks', 'An action without a name'])(
    '"%s" fires nothing, and the console says why',
    async (title) => {
      await logIn('_smartico_user_id = id');
      await follow(title);
      await expect.poll(() => told.join()).toMatch(/link_dropped|link_unknown|empty_action/);
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
  for (const path of ['/', '/deposit.html', '/thanks.html', '/profile.html', '/links.html']) {
    await open(path);
    await page.waitForFunction(() => document.querySelector('.queue b')?.textContent === '0');
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(360);
  }
  expect(told).toEqual([]);
});
