/**
 * Another site's window around the operator's page, or the one that opened it: what it can make a visitor press, and what
 * it can see of who they are. The browser's closed shadow roots stay closed: they are part of what is tested.
 */
import type { Frame, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { eventsNamed, liveWorld, popupOf } from '../../support/live-world.ts';

const world = liveWorld();
const claim = { html: '<p>Tonight</p>', buttons: [{ text: 'Claim', action: 'dp:action&action=CLAIM' }] };
const claims = () => eventsNamed(world, 'engagement_action', 'CLAIM');
/** A page of another site. */
const stranger = (html: string): string =>
  world.pages.otherSite + world.pages.add(`<!doctype html><title>Free spins</title>${html}`);

describe('a click that a stranger leads onto a popup’s button', () => {
  /** The operator's page in the stranger's, as that lays it out. */
  const frame = async (style: string): Promise<Frame> => {
    const page = await world.context.newPage();
    await page.goto(stranger(`<button>Win</button><iframe style="${style}" src="${world.address({ user: 'ann' })}">`));
    const framed = page.frames()[1]!;
    await framed.evaluate(() => window._smartico.identified());
    await framed.locator('html').click();
    return framed;
  };

  test.each([
    ['unseen, over a button of its own', 'position: fixed; inset: 0; width: 100%; height: 100%; opacity: 0'],
    ['in a frame as small as the button', 'position: fixed; top: 0; left: 0; width: 180px; height: 70px; border: 0'],
  ])('%s, does nothing', async (_, style) => {
    const framed = await frame(style);
    await world.operator.popup('ann', 'Bonus', claim);
    const button = framed.getByRole('button', { name: 'Claim' });
    // As a visitor's own click, wherever the frame had to be scrolled to.
    await button.click();
    await button.waitFor({ state: 'detached' });
    await framed.evaluate(() => window._smartico.flush());
    expect([await claims(), world.told]).toEqual([[], [expect.stringContaining('framed_by_stranger')]]);
  });
});

test('a click that was on its way when a popup came up is none of its buttons’', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  const devtools = await world.context.newCDPSession(page);
  // The half second lasts for as long as this does.
  await devtools.send('Animation.enable');
  await devtools.send('Animation.setPlaybackRate', { playbackRate: 0.001 });
  await world.operator.popup('ann', 'Bonus', claim);
  const button = popupOf(page).getByRole('button', { name: 'Claim' });
  await button.waitFor();
  const { x, y, width, height } = (await button.boundingBox())!;
  await page.mouse.dblclick(x + width / 2, y + height / 2);
  await page.evaluate(() => window._smartico.flush());
  expect([await claims(), await popupOf(page).count()]).toEqual([[], 1]);
  await devtools.send('Animation.setPlaybackRate', { playbackRate: 1_000 });
  await button.click();
  await page.evaluate(() => window._smartico.flush());
  await expect.poll(async () => (await claims()).length).toBe(2);
});

describe('who looks at the page’s windows from another site', () => {
  /** Everything that a window of another site says of itself, and of what is in it. */
  const seen = (page: Page) =>
    page.evaluate(() => {
      const other = (window as unknown as { other: Window }).other;
      const names = ['popup', 'inbox', 'widget', 'content', '_smartico', 'smartico'];
      const answers = (name: string) => {
        try {
          return Boolean((other as unknown as { [name: string]: unknown })[name]);
        } catch {
          return false; // as for every name that no frame has
        }
      };
      return [other.length, other.closed, document.activeElement?.localName, ...names.filter(answers)];
    });
  const opened = async (): Promise<[Page, Page]> => {
    const page = await world.context.newPage();
    await page.goto(stranger('<input autofocus>'));
    const opening = page.waitForEvent('popup');
    await page.evaluate((url) => void Object.assign(window, { other: open(url) }), world.address({ user: 'ann' }));
    const there = await opening;
    await there.waitForLoadState();
    return [page, there];
  };

  test('which it opened, sees no popup and no widget come and go', async () => {
    const [page, there] = await opened();
    await there.evaluate(() => window._smartico.identified());
    const before = await seen(page);
    await world.operator.popup('ann', 'Bonus', claim);
    await there.frameLocator('dialog.popup iframe').getByText('Tonight').waitFor();
    const during = [await seen(page)];
    await there.locator('dialog.popup').press('Escape');
    await there.evaluate(() => window._smartico.showWidget('short_info'));
    await there.locator('dialog.widget').waitFor();
    during.push(await seen(page));
    expect(during).toEqual([before, before]);
    expect(before).toEqual([0, false, 'input']);
  });

  test('which it frames, sees none of it either: nothing comes up before the visitor has touched the page', async () => {
    await world.operator.popup('ann', 'Bonus', claim);
    const page = await world.context.newPage();
    const drawing = page.waitForEvent('requestfinished', (request) => request.url().endsWith('/smartico_ui.js'));
    // What only opens for who is logged in would say whether they are.
    const address = `${world.address({ user: 'ann' })}#_smartico_dp=dp:inbox`;
    await page.goto(
      stranger(`<input autofocus><iframe style="width: 900px; height: 600px" src="${address}"></iframe>`),
    );
    await page.evaluate(() => void Object.assign(window, { other: frames[0] }));
    await drawing;
    // Nothing is evaluated there: that would count as the visitor's.
    const there = page.frames()[1]!;
    const before = await there.locator('dialog').count();
    expect([before, await seen(page)]).toEqual([0, [0, false, 'input']]);
    await there.locator('html').click();
    await there.frameLocator('dialog.popup iframe').getByText('Tonight').waitFor();
    expect(await seen(page)).toEqual([0, false, 'iframe']);
  });
});
