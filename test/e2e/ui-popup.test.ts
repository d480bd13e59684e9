/**
 * Popups as a visitor meets them: on pages with hostile styles, by keyboard, at any size, with whatever was written in them.
 */
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { anybody, did, uiWorld, until } from '../support/ui-world.ts';

const world = uiWorld();
const dialog = (page: Page) => page.getByRole('dialog');
const claim = [{ text: 'Claim', action: 'dp:claim' }];
/** Where the focus is, inside the shadow root too. */
const focused = (page: Page): Promise<string | null | undefined> =>
  page.evaluate(() => {
    let { activeElement } = document;
    while (activeElement?.shadowRoot?.activeElement) activeElement = activeElement.shadowRoot.activeElement;
    return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent;
  });

describe('a popup', () => {
  test('is reported as seen, a button as pressed, and then its link runs', async () => {
    const page = await world.open();
    await page.evaluate((buttons) => window.stage.popup('p1', { buttons }), claim);
    await until(page, 'impression p1 30');
    await page.getByRole('button', { name: 'Claim' }).click();
    expect(await dialog(page).count()).toBe(0);
    expect(await did(page)).toEqual(['impression p1 30', 'action p1 30 dp:claim', 'open dp:claim']);
  });

  test('is one engagement once, however often it is pushed', async () => {
    const page = await world.open();
    await page.evaluate(() => ['p1', 'p1', 'p2'].map((uid) => window.stage.popup(uid)));
    await until(page, 'impression p1 30');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Title of p2' }).waitFor();
    await page.evaluate(() => ['p1', 'p2'].map((uid) => window.stage.popup(uid)));
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog(page).count()).toBe(0);
    await page.evaluate(() => window.stage.popup('p3'));
    await dialog(page).waitFor();
    expect((await did(page)).filter((what) => what.startsWith('impression p1'))).toHaveLength(1);
  });

  test.each(['Escape', 'the close button', 'a click beside it'])(
    'is closed by %s, and focus goes back',
    async (how) => {
      const page = await world.open();
      await page.getByRole('button', { name: 'Play' }).focus();
      await page.evaluate((buttons) => window.stage.popup('p1', { buttons }), claim);
      await dialog(page).waitFor();
      expect(await focused(page)).toBe('Title of p1');
      if (how === 'Escape') await page.keyboard.press('Escape');
      else if (how === 'the close button') await page.getByRole('button', { name: 'Close' }).click();
      else await page.mouse.click(5, 5);
      await expect.poll(() => dialog(page).count()).toBe(0);
      expect(await focused(page)).toBe('Play');
    },
  );

  test('keeps the keyboard inside, in order', async () => {
    const page = await world.open();
    await page.evaluate((buttons) => window.stage.popup('p1', { buttons }), claim);
    await dialog(page).waitFor();
    const seen = [];
    for (let press = 0; press < 6; press++) {
      await page.keyboard.press('Tab');
      seen.push(await focused(page));
    }
    expect(seen.slice(0, 2)).toEqual(['Close', 'Claim']);
    expect(seen).not.toContain('Play');
  });

  test('keeps what is typed in it from the shortcuts of the page', async () => {
    const page = await world.open();
    await page.evaluate(() => {
      document.addEventListener('keydown', ({ key }) => window.stage.did.push(`shortcut ${key}`));
      window.stage.popup('p1', { buttons: [{ text: 'Claim', action: 'dp:claim' }] });
    });
    await dialog(page).waitFor();
    for (const key of ['Tab', 'Tab', 'Enter']) await page.keyboard.press(key);
    await until(page, 'open dp:claim');
    expect((await did(page)).filter((what) => what.startsWith('shortcut'))).toEqual([]);
  });

  test('of the greatest priority is first of those that come together', async () => {
    const page = await world.open();
    await page.evaluate(() => [0, 5, 3].map((priority) => window.stage.popup(`p${priority}`, { priority })));
    for (const uid of ['p5', 'p3', 'p0']) {
      await page.getByRole('dialog', { name: `Title of ${uid}` }).waitFor();
      await page.keyboard.press('Escape');
    }
  });

  test('does not close when a text that is selected in it ends beside it', async () => {
    const page = await world.open();
    await page.evaluate(() => window.stage.popup('p1'));
    const { x, y } = (await page.getByText('Body of p1').boundingBox())!;
    await page.mouse.move(x + 20, y + 10);
    await page.mouse.down();
    await page.mouse.move(5, 5);
    await page.mouse.up();
    expect(await dialog(page).count()).toBe(1);
  });

  test('shows words as words, whatever is written in them', async () => {
    const page = await world.open();
    const title = '<img src=x onerror=alert(1)> 🎁 &amp;';
    await page.evaluate(
      (text) => window.stage.popup('p1', { title: text, body: text, buttons: [{ text, action: 'dp:x' }] }),
      title,
    );
    expect(await dialog(page).getAttribute('aria-label')).toBe(title);
    expect(await dialog(page).locator('img').count()).toBe(0);
    expect(await page.getByRole('button', { name: title }).textContent()).toBe(title);
  });

  test.each([
    [1280, 800],
    [360, 640],
    [180, 320],
  ])(
    'with 10,000 characters and four buttons stays inside a page of %i by %i, and its close in sight',
    async (width, height) => {
      const context = await world.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
      const page = await world.open('', { context });
      await page.evaluate(() => {
        const word = 'Donaudampfschifffahrt'.repeat(20);
        const buttons = [1, 2, 3, 4].map((n) => ({ text: `${n} ${word.slice(0, 90)}`, action: 'dp:x' }));
        window.stage.popup('p1', { title: word, body: word.repeat(24), buttons, width: 9_999 });
      });
      const bounds = (await dialog(page).boundingBox())!;
      expect([bounds.x >= 0, bounds.y >= 0]).toEqual([true, true]);
      expect([bounds.x + bounds.width <= width, bounds.y + bounds.height <= height]).toEqual([true, true]);
      expect(
        await dialog(page).evaluate((it) => [...it.children].every((box) => box.scrollWidth <= box.clientWidth)),
      ).toBe(true);
      await page.getByRole('button', { name: /^4/ }).scrollIntoViewIfNeeded();
      await page.getByRole('button', { name: 'Close' }).click();
      expect(await dialog(page).count()).toBe(0);
      await context.close();
    },
  );

  test('without a title in the right form is told and reported as failed', async () => {
    const page = await world.open();
    await page.evaluate(() => window.stage.popup('p1', { title: null as never }));
    expect(await did(page)).toEqual(['tell bad_argument popup p1', 'failed p1 30']);
  });
});

describe('the page around it', () => {
  test.each([
    ['unsets everything', '* { all: unset !important } div, dialog, iframe, button { display: none !important }'],
    [
      'hides what it does not know',
      'html > div, [data-layer] { display: none !important; opacity: 0; visibility: hidden }',
    ],
    ['stacks itself above everything', '#war { position: fixed; inset: 0; z-index: 2147483647; background: red }'],
  ])('cannot spoil it: %s', async (_name, css) => {
    const page = await world.open('<div id="war"></div>');
    await page.evaluate((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      document.adoptedStyleSheets = [sheet];
    }, css);
    await page.evaluate((buttons) => window.stage.popup('p1', { buttons }), claim);
    await until(page, 'impression p1 30');
    await page.getByRole('button', { name: 'Claim' }).click();
    await until(page, 'open dp:claim');
  });

  test('cannot look inside: the shadow root is closed', async () => {
    const context = await world.newContext({}, 'closed');
    const page = await world.open('', { context });
    await page.evaluate(() => window.stage.popup('p1'));
    await until(page, 'impression p1 30');
    const layer = page.locator('[data-layer="_smartico"]');
    expect(await layer.evaluate((host) => [host.shadowRoot, host.childElementCount, host.textContent])).toEqual([
      null,
      0,
      '',
    ]);
    await context.close();
  });

  test('may replace its body: the popup stays', async () => {
    const page = await world.open();
    await page.evaluate(() => window.stage.popup('p1'));
    await until(page, 'impression p1 30');
    await page.evaluate(() => {
      document.body = document.createElement('body');
    });
    await dialog(page).waitFor();
  });

  test('may throw everything away: the next popup is shown all the same', async () => {
    const page = await world.open();
    await page.evaluate(() => window.stage.popup('p1'));
    await until(page, 'impression p1 30');
    await page.evaluate(() => {
      document.documentElement.replaceChildren(document.createElement('body'));
      window.stage.popup('p2');
    });
    await page.getByRole('dialog', { name: 'Title of p2' }).waitFor();
  });

  test.each([
    ['base', 'light', 'rgb(255, 255, 255)'],
    ['base', 'dark', 'rgb(24, 29, 28)'],
    ['light', 'dark', 'rgb(255, 255, 255)'],
    ['dark', 'light', 'rgb(24, 29, 28)'],
  ] as const)('with the skin %s in a %s scheme gives it the ground %s', async (skin, colorScheme, ground) => {
    const context = await world.newContext({ colorScheme });
    const page = await world.open('', { context });
    await page.evaluate((name) => {
      window.stage.skin = name;
      window.stage.popup('p1');
    }, skin);
    expect(await dialog(page).evaluate((it) => getComputedStyle(it).backgroundColor)).toBe(ground);
    await context.close();
  });

  test('that wants no motion gets none', async () => {
    const animation = async (reducedMotion: 'reduce' | 'no-preference') => {
      const context = await world.newContext({ reducedMotion });
      const page = await world.open('', { context });
      await page.evaluate(() => window.stage.popup('p1'));
      const name = await dialog(page).evaluate((it) => getComputedStyle(it).animationName);
      await context.close();
      return name;
    };
    expect([await animation('no-preference'), await animation('reduce')]).toEqual(['enter', 'none']);
  });

  test('gives it its direction, unless the popup has one', async () => {
    const page = await world.open();
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
      window.stage.popup('p1');
      window.stage.popup('p2', { dir: 'ltr' });
    });
    expect(await dialog(page).getAttribute('dir')).toBe('rtl');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Title of p2' }).waitFor();
    expect(await dialog(page).getAttribute('dir')).toBe('ltr');
  });
});

describe('its HTML', () => {
  const withHtml = async (page: Page, path: string) =>
    page.evaluate((content) => {
      window.stage.content.p1 = content;
      window.stage.popup('p1', { has_html: true, body: null, width: 300, height: 200 });
    }, path);

  test('is framed in an opaque sandbox at its own size, and no script of it runs', async () => {
    const page = await world.open();
    const html = '<h1>Spins</h1><script>parent.postMessage("ran", "*")</script>';
    await withHtml(page, world.pages.add(html, anybody));
    await until(page, 'impression p1 30');
    const frame = dialog(page).locator('iframe');
    expect(await frame.evaluate((it: HTMLIFrameElement) => [`${it.sandbox}`, it.referrerPolicy])).toEqual([
      'allow-popups allow-popups-to-escape-sandbox',
      'no-referrer',
    ]);
    expect(await frame.evaluate((it) => [it.clientWidth, it.clientHeight])).toEqual([298, 200]);
    expect(await frame.contentFrame().getByRole('heading').textContent()).toBe('Spins');
    // What the browser says about it is about the script alone.
    expect(world.complaints.splice(0).filter((text) => !/sandboxed/.test(text))).toEqual([]);
  });

  test('that does not come in time is reported as failed, and nothing is shown', async () => {
    const page = await world.open();
    await page.clock.install();
    world.pages.on('/hangs', () => new Promise(() => {}));
    await withHtml(page, '/hangs');
    expect(await dialog(page).count()).toBe(0);
    await page.clock.fastForward(10_000);
    await until(page, 'failed p1 30');
    expect(await did(page)).toEqual(['tell collector_unreachable content of p1', 'failed p1 30']);
  });

  test.each([404, 500])(
    'that is an error of the collector, %i, is reported as failed and never shown',
    async (status) => {
      const page = await world.open();
      await page.route('**/error', (route) => route.fulfill({ status, headers: anybody, body: '{"code":"internal"}' }));
      await withHtml(page, '/error');
      await until(page, 'failed p1 30');
      expect(await did(page)).toEqual(['tell collector_unreachable content of p1', 'failed p1 30']);
      expect(await dialog(page).count()).toBe(0);
      expect(world.complaints.splice(0).filter((text) => !text.includes(`${status}`))).toEqual([]);
    },
  );

  test('from a collector that is gone is reported as failed, whatever error page the browser has', async () => {
    const page = await world.open();
    await page.route('**/gone', (route) => route.abort());
    await withHtml(page, '/gone');
    await until(page, 'failed p1 30');
    expect(await dialog(page).count()).toBe(0);
    expect(world.complaints.splice(0).filter((text) => !/ERR_FAILED/.test(text))).toEqual([]);
  });
});

describe('held back', () => {
  test('while popups are suspended; on release the first is shown, once the collector still would', async () => {
    const page = await world.open();
    await page.evaluate(() => {
      window.stage.held = ['popups'];
      window.stage.ineligible = ['p1'];
      for (const uid of ['p1', 'p2', 'p3']) window.stage.popup(uid);
    });
    expect(await dialog(page).count()).toBe(0);
    await page.evaluate(() => {
      window.stage.held = [];
      window.stage.ui.resume();
    });
    await page.getByRole('dialog', { name: 'Title of p2' }).waitFor();
    await until(page, 'impression p2 30');
    expect(await did(page)).toEqual(['eligible p1', 'eligible p2', 'impression p2 30']);
    await page.keyboard.press('Escape');
    await page.evaluate(() => window.stage.popup('p4'));
    await page.getByRole('dialog', { name: 'Title of p4' }).waitFor();
  });

  test('not at all once it has expired', async () => {
    const page = await world.open();
    await page.evaluate(() => {
      window.stage.popup('late', { expires_at: Date.now() - 1, priority: 9 });
      window.stage.popup('p1', { expires_at: Date.now() + 60_000 });
    });
    await page.getByRole('dialog', { name: 'Title of p1' }).waitFor();
  });

  test('for a former user it is gone: from the screen and from the line', async () => {
    const page = await world.open();
    await page.evaluate(() => {
      window.stage.popup('p1');
      window.stage.popup('p2');
      window.stage.ui.reset();
    });
    expect(await dialog(page).count()).toBe(0);
    await page.evaluate(() => window.stage.popup('p1'));
    await page.getByRole('dialog', { name: 'Title of p1' }).waitFor();
    expect((await did(page)).some((what) => what.includes('p2'))).toBe(false);
  });
});
