/**
 * The inbox as a customer uses it: by mouse, by keyboard, on a bad day of the collector, and while new messages come.
 */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/sdk/ui/inbox-shelf.ts';
import { anybody, did, uiWorld, until } from '../support/ui-world.ts';

const world = uiWorld();

const message = (guid: string, part: Partial<Message> = {}, body: Partial<Message['body']> = {}): Message => ({
  message_guid: guid,
  sent_date: '05/11/2026 10:30:00',
  read: false,
  favorite: false,
  category_id: null,
  expire_on_dt: null,
  ...part,
  body: {
    title: `Title of ${guid}`,
    preview_body: `Body of ${guid}`,
    icon: null,
    action: null,
    custom_data: null,
    ...body,
  },
});
const many = (count: number) =>
  Array.from({ length: count }, (_, index) => message(`m${index + 1}`, { read: index > 1 }));
const arrange = (page: Page, messages: Message[], unread?: number) =>
  page.evaluate(
    ([all, count]) => {
      window.stage.messages = all as Message[];
      window.stage.props = count === undefined ? {} : { core_inbox_unread_count: count };
    },
    [messages as object[], unread] as const,
  );
const open = async (page: Page) => {
  await page.evaluate(() => window.stage.ui.openInbox());
  await page.getByRole('dialog', { name: 'Inbox' }).waitFor();
};
const titles = (page: Page) => page.locator('.title').allTextContents();
const row = (page: Page, guid: string) => page.getByRole('listitem').filter({ hasText: `Title of ${guid}` });
/** Something changed at the collector, and it says so. */
const arrive = (page: Page, messages: Message[]) =>
  page.evaluate((all) => {
    window.stage.messages = all as Message[];
    window.stage.emit(':props_change', {
      core_inbox_unread_count: window.stage.messages.filter(({ read }) => !read).length,
    });
  }, messages as object[]);

describe('the list', () => {
  test('A8 inbox_starting: is told, and the list shows the newest first, twenty at a time, until there are no more', async () => {
    const page = await world.open();
    await arrange(page, many(45));
    await open(page);
    const more = page.getByRole('button', { name: 'Show more' });
    for (const shown of [20, 40]) {
      await expect.poll(async () => (await titles(page)).length).toBe(shown);
      await more.click();
    }
    await expect.poll(async () => (await titles(page)).length).toBe(45);
    expect((await titles(page)).slice(0, 2)).toEqual(['Title of m1', 'Title of m2']);
    expect(await more.isVisible()).toBe(false);
    expect(await did(page)).toEqual(['list 0 20', 'emit inbox_starting', 'list 20 40', 'list 40 60']);
  });

  test('says when there is nothing, and opens once however often it is asked', async () => {
    const page = await world.open();
    await open(page);
    await open(page);
    await page.getByText('No messages').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(1);
  });

  test('that could not be loaded says so, and tries again', async () => {
    const page = await world.open();
    await arrange(page, many(3));
    await page.evaluate(() => {
      window.stage.failing = 'list';
    });
    await open(page);
    await page.getByText('That did not work.').waitFor();
    await page.evaluate(() => {
      window.stage.failing = undefined;
    });
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.poll(() => titles(page)).toHaveLength(3);
    expect(await did(page)).toContain('tell collector_unreachable inbox');
    expect(await page.getByText('That did not work.').count()).toBe(0);
  });

  test('tells the unread apart, also to who cannot see it, and marks them all as read', async () => {
    const page = await world.open();
    await arrange(page, many(4), 2);
    await open(page);
    await page.getByText('2 unread').waitFor();
    expect(await row(page, 'm1').getByRole('button').first().textContent()).toMatch(/unread/);
    expect(await page.getByRole('listitem').locator('.unseen:visible').count()).toBe(2);
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await until(page, 'read all');
    expect(await page.locator('.unseen:visible').count()).toBe(0);
  });

  test('keeps up with what comes, without moving who stands in it with the keyboard', async () => {
    const page = await world.open();
    const messages = many(25);
    await arrange(page, messages);
    await open(page);
    await row(page, 'm3').getByRole('button', { name: 'Star' }).focus();
    await arrive(page, [message('new'), ...messages.filter(({ message_guid }) => message_guid !== 'm2')]);
    await expect.poll(async () => (await titles(page))[0]).toBe('Title of new');
    expect((await titles(page)).slice(1, 3)).toEqual(['Title of m1', 'Title of m3']);
    await page.keyboard.press('Enter');
    await until(page, 'star m3 true');
  });

  test('shows a message of 10,000 characters and one in Arabic in its place', async () => {
    const page = await world.open();
    await arrange(page, [
      message('long', {}, { title: 'Donaudampfschifffahrt'.repeat(500), preview_body: '🎁'.repeat(5_000) }),
      message('ar', {}, { title: 'مرحبا' }),
    ]);
    await open(page);
    await expect.poll(async () => (await titles(page)).length).toBe(2);
    expect(await page.locator('.box').evaluate((box) => box.scrollWidth <= box.clientWidth)).toBe(true);
    expect((await page.getByRole('listitem').first().boundingBox())!.height).toBeLessThan(200);
  });
});

describe('a mark', () => {
  test('shows at once, and is taken back if the collector would not have it', async () => {
    const page = await world.open();
    await arrange(page, many(2));
    await open(page);
    const star = row(page, 'm1').getByRole('button', { name: 'Star' });
    await star.click();
    expect(await star.getAttribute('aria-pressed')).toBe('true');
    await page.evaluate(() => {
      window.stage.failing = 'change';
    });
    await star.click();
    await page.getByText('That did not work.').waitFor();
    expect(await star.getAttribute('aria-pressed')).toBe('true');
    expect(await did(page)).toEqual(expect.arrayContaining(['star m1 true', 'star m1 false']));
  });

  test('that fails late takes nothing back but itself: what came meanwhile and what was marked since stay', async () => {
    const page = await world.open();
    const messages = many(3);
    await arrange(page, messages);
    await open(page);
    await page.evaluate(() => {
      window.stage.failing = 'change';
      window.stage.answered = new Promise((resolve) => window.addEventListener('answer', resolve));
    });
    const star = (guid: string) => row(page, guid).getByRole('button', { name: 'Star' });
    await star('m1').click();
    await page.evaluate(() => {
      window.stage.failing = undefined;
      window.stage.answered = Promise.resolve();
    });
    await star('m2').click();
    await until(page, 'star m2 true');
    await arrive(page, [message('new'), ...messages.map((one) => ({ ...one, favorite: one.message_guid === 'm2' }))]);
    await expect.poll(async () => (await titles(page))[0]).toBe('Title of new');
    const stars = async () => [
      await star('m1').getAttribute('aria-pressed'),
      await star('m2').getAttribute('aria-pressed'),
    ];
    expect(await stars()).toEqual(['true', 'true']);
    await page.evaluate(() => window.dispatchEvent(new Event('answer')));
    await page.getByText('That did not work.').waitFor();
    expect(await stars()).toEqual(['false', 'true']);
    expect((await titles(page))[0]).toBe('Title of new');
  });

  test('of a delete can be undone for a while, and then is sent', async () => {
    const page = await world.open();
    await page.clock.install();
    await arrange(page, many(3));
    await open(page);
    await row(page, 'm2').getByRole('button', { name: 'Delete' }).click();
    expect(await titles(page)).toEqual(['Title of m1', 'Title of m3']);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await titles(page)).toEqual(['Title of m1', 'Title of m2', 'Title of m3']);
    await page.clock.fastForward(10_000);
    await row(page, 'm2').getByRole('button', { name: 'Delete' }).click();
    expect((await did(page)).filter((what) => what.startsWith('delete'))).toEqual([]);
    await page.clock.fastForward(10_000);
    await until(page, 'delete m2');
    expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  });

  test.each(['the next delete', 'a closed inbox'])('of a delete is sent by %s', async (how) => {
    const page = await world.open();
    await arrange(page, many(3));
    await open(page);
    await row(page, 'm2').getByRole('button', { name: 'Delete' }).click();
    if (how === 'a closed inbox') await page.keyboard.press('Escape');
    else await row(page, 'm1').getByRole('button', { name: 'Delete' }).click();
    await until(page, 'delete m2');
    expect(await did(page)).not.toContain('delete m1');
  });

  test('of a delete is not sent for another customer', async () => {
    const page = await world.open();
    await page.clock.install();
    await arrange(page, many(3));
    await open(page);
    await row(page, 'm2').getByRole('button', { name: 'Delete' }).click();
    await page.evaluate(() => window.stage.ui.reset());
    await page.clock.fastForward(10_000);
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await did(page)).not.toContain('delete m2');
  });

  test('of a delete is left to an event when the page leaves: nobody hears an answer there', async () => {
    const page = await world.open();
    await arrange(page, many(3));
    await open(page);
    await row(page, 'm2').getByRole('button', { name: 'Delete' }).click();
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pagehide')));
    expect(await did(page)).toContain('discard m2');
    await page.keyboard.press('Escape');
    expect(await did(page)).not.toContain('delete m2');
  });

  test('of a delete leaves the keyboard on the next message', async () => {
    const page = await world.open();
    await arrange(page, many(3));
    await open(page);
    await row(page, 'm2').getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await until(page, 'impression m3 31');
  });
});

describe('a message', () => {
  test('is read once it is open, and its link runs after the inbox is gone', async () => {
    const page = await world.open();
    await arrange(page, [message('m1', {}, { action: 'dp:deposit' }), message('m2')]);
    await open(page);
    await row(page, 'm1').getByRole('button').first().click();
    await page.getByRole('heading', { name: 'Title of m1' }).waitFor();
    await page.getByRole('button', { name: 'Open' }).click();
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect((await did(page)).slice(-4)).toEqual([
      'read m1',
      'impression m1 31',
      'action m1 31 dp:deposit',
      'open dp:deposit',
    ]);
  });

  test('is left by the keyboard for the place it was opened from', async () => {
    const page = await world.open();
    await arrange(page, many(20));
    await open(page);
    await row(page, 'm15').getByRole('button').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Title of m15' }).waitFor();
    await page.getByRole('button', { name: 'Back' }).focus();
    await page.keyboard.press('Enter');
    await row(page, 'm15').getByRole('button', { name: 'Star' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(page, 'star m15 true');
  });

  test('that says more in HTML frames it in an opaque sandbox, with its buttons outside', async () => {
    const page = await world.open();
    const content = world.pages.add('<h1>Terms</h1>', anybody);
    await page.evaluate((path) => {
      window.stage.content.m1 = path;
    }, content);
    const buttons = [{ text: 'Take it', action: 'dp:play' }];
    await arrange(page, [message('m1', {}, { action: 'dp:inbox', html_body: '<h1>Terms</h1>', buttons })]);
    await open(page);
    await row(page, 'm1').getByRole('button').first().click();
    const frame = page.getByRole('dialog').locator('iframe');
    expect(await frame.getAttribute('sandbox')).toBe('allow-popups allow-popups-to-escape-sandbox');
    await frame.contentFrame().getByRole('heading', { name: 'Terms' }).waitFor();
    expect(await page.getByRole('button', { name: 'Open' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Take it' }).click();
    await until(page, 'open dp:play');
  });

  test('whose HTML does not come says so', async () => {
    const page = await world.open();
    await page.route('**/nothing', (route) => route.abort());
    await arrange(page, [message('m1', {}, { action: 'dp:inbox', html_body: 'x' })]);
    await open(page);
    await row(page, 'm1').getByRole('button').first().click();
    await page.getByRole('alert').getByText('That did not work.').waitFor();
    expect(world.complaints.splice(0).filter((text) => !/ERR_FAILED/.test(text))).toEqual([]);
  });
});

describe('the inbox', () => {
  test('opens again after a page that threw everything away', async () => {
    const page = await world.open();
    await open(page);
    await page.evaluate(() => document.documentElement.replaceChildren(document.createElement('body')));
    expect(await page.getByRole('dialog').count()).toBe(0);
    await open(page);
  });

  test('that was closed by Escape opens again at once', async () => {
    const page = await world.open();
    await open(page);
    await page.evaluate(() => {
      const layer = document.querySelector('[data-layer]')?.shadowRoot;
      layer?.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, composed: true }),
      );
      window.stage.ui.openInbox();
    });
    expect(await page.getByRole('dialog', { name: 'Inbox' }).count()).toBe(1);
    expect((await did(page)).filter((what) => what === 'emit inbox_starting')).toHaveLength(2);
  });

  test('that is held back is told, does not open, and opens when it is let go', async () => {
    const page = await world.open();
    await page.evaluate(() => {
      window.stage.held = ['inbox'];
      window.stage.ui.openInbox();
    });
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await did(page)).toEqual(['tell suspended inbox']);
    await page.evaluate(() => {
      window.stage.held = [];
      window.stage.ui.resume();
    });
    await page.getByRole('dialog', { name: 'Inbox' }).waitFor();
  });

  test('that was asked for by a former user does not open for the next one', async () => {
    const page = await world.open();
    await page.evaluate(() => {
      window.stage.held = ['inbox'];
      window.stage.ui.openInbox();
      window.stage.ui.reset();
      window.stage.held = [];
      window.stage.ui.resume();
    });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  test.each([
    ['es', 'Mensajes', 'ltr'],
    ['pt', 'Mensagens', 'ltr'],
    ['de', 'Nachrichten', 'ltr'],
    ['fr', 'Messages', 'ltr'],
    ['uk', 'Повідомлення', 'ltr'],
    ['ar', 'الرسائل', 'rtl'],
    ['xx', 'Inbox', 'ltr'],
  ])('in %s is called %s and runs %s', async (language, name, dir) => {
    const page = await world.open();
    await page.evaluate((value) => {
      window.stage.language = value;
      window.stage.ui.openInbox();
    }, language);
    expect(await page.getByRole('dialog', { name }).getAttribute('dir')).toBe(dir);
  });
});
