/**
 * Bells: elements of the operator's that say how many messages are unread and open the inbox.
 */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { uiWorld, until } from '../support/ui-world.ts';

const world = uiWorld();
const ring = (page: Page, unread: number) =>
  page.evaluate((count) => {
    window.stage.props = { core_inbox_unread_count: count };
    window.stage.ui.ringBells();
  }, unread);
const bells = (page: Page) =>
  page
    .locator('[data-smartico-bell]')
    .evaluateAll((all) => all.map((bell) => [bell.getAttribute('aria-label'), bell.getAttribute('data-count')]));

test.each([
  [0, 'Inbox', null],
  [1, 'Inbox, 1 unread', '1'],
  [99, 'Inbox, 99 unread', '99'],
  [100, 'Inbox, 99+ unread', '99+'],
])('with %i unread messages a bell is called %s', async (unread, label, count) => {
  const page = await world.open('<button data-smartico-bell></button>');
  await ring(page, unread);
  expect(await bells(page)).toEqual([[label, count]]);
  const shown = await page
    .locator('[data-smartico-bell]')
    .evaluate((bell) => getComputedStyle(bell, '::after').content);
  expect(shown).toBe(count === null ? 'none' : `"${count}"`);
});

test('a bell keeps the name that the operator gave it, by its label or its text', async () => {
  const page = await world.open(
    '<a href="#x" data-smartico-bell aria-label="Mail">✉</a><button data-smartico-bell>News</button>',
  );
  await ring(page, 2);
  await ring(page, 3);
  expect(await bells(page)).toEqual([
    ['Mail, 3 unread', '3'],
    ['News, 3 unread', '3'],
  ]);
});

test('a bell that comes later rings too, and all of them follow the count', async () => {
  const page = await world.open('<button data-smartico-bell></button>');
  await ring(page, 1);
  await page.evaluate(() => {
    const late = document.createElement('span');
    late.setAttribute('data-smartico-bell', '');
    document.body.append(late);
  });
  await expect.poll(() => bells(page)).toEqual(Array(2).fill(['Inbox, 1 unread', '1']));
  await page.evaluate(() => {
    window.stage.props = { core_inbox_unread_count: 7 };
    window.stage.emit(':props_change', { core_inbox_unread_count: 7 });
  });
  await expect.poll(() => bells(page)).toEqual(Array(2).fill(['Inbox, 7 unread', '7']));
  await page.evaluate(() => {
    window.stage.props = {};
    window.stage.ui.reset();
  });
  expect(await bells(page)).toEqual(Array(2).fill(['Inbox', null]));
});

test.each([
  ['a button', '<button data-smartico-bell><b>x</b></button>'],
  ['a link', '<a href="/elsewhere" data-smartico-bell><b>x</b></a>'],
  ['any other element', '<span data-smartico-bell><b>x</b></span>'],
])('%s opens the inbox by click and by keyboard, and goes nowhere', async (_name, html) => {
  const page = await world.open(html);
  await ring(page, 1);
  await page.locator('b').click();
  await page.getByRole('dialog', { name: 'Inbox' }).waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.locator('[data-smartico-bell]').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Inbox' }).waitFor();
  await until(page, 'list 0 20');
  expect(new URL(page.url()).pathname).not.toBe('/elsewhere');
});

/** What the page counts while it does this, and for a second after. */
const countWhile = async (page: Page, watch: () => void, change: () => Promise<void>) => {
  await page.clock.install();
  await page.evaluate(watch);
  await page.evaluate(change);
  await page.clock.runFor(1_000);
  return page.evaluate(() => (window as unknown as { counted?: number }).counted ?? 0);
};

test('a page that answers every change with another one is not kept busy', async () => {
  const page = await world.open('<button data-smartico-bell></button>');
  await ring(page, 1);
  const changes = await countWhile(
    page,
    () =>
      new MutationObserver(() => {
        Object.assign(window, { counted: 1 });
        document.body.append(document.createElement('i'));
      }).observe(document.body, { attributes: true, subtree: true }),
    async () => document.body.append(document.createElement('i')),
  );
  expect(changes).toBe(0);
});

test('a page that changes a thousand times is asked for its bells once', async () => {
  const page = await world.open('<button data-smartico-bell></button>');
  await ring(page, 1);
  const looks = await countWhile(
    page,
    () => {
      let counted = 0;
      const { querySelectorAll } = Document.prototype;
      Document.prototype.querySelectorAll = function (selector: string) {
        if (selector.includes('bell')) Object.assign(window, { counted: ++counted });
        return querySelectorAll.call(this, selector);
      };
    },
    async () => {
      for (let time = 0; time < 1_000; time++) {
        document.body.append(document.createElement('i'));
        await null;
      }
    },
  );
  expect(looks).toBe(1);
});
