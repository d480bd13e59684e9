/** B18: whoever frames the page does not act by its buttons, unless the page lists them. Three origins, in a real browser. */
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsNamed, liveWorld } from '../../support/live-world.ts';
import { type PageServer, startPageServer } from '../../support/page-server.ts';

const world = liveWorld();
let portal: PageServer;
beforeAll(async () => {
  portal = await startPageServer();
});
afterAll(() => portal?.close());

type Around = 'its own origin' | 'a listed origin' | 'a stranger';
/** A page of that origin around this address. */
const framedBy = (around: Around, address: string): string => {
  const html = `<!doctype html><title>Around</title><iframe src="${address}" width="900" height="600"></iframe>`;
  if (around === 'a listed origin') return portal.site + portal.add(html);
  return (around === 'a stranger' ? world.pages.otherSite : world.pages.site) + world.pages.add(html);
};

/** The operator's page with its customer identified, inside these, the nearest first. */
const open = async (around: Around[]): Promise<Frame> => {
  const tag = world.tag(`data-label="${world.label.key}" data-ancestors="${portal.site}"`);
  const page = await world.context.newPage();
  await page.goto(around.reduce((address, each) => framedBy(each, address), world.address({ user: 'ann', tag })));
  const frame = page.frames().at(-1)!;
  await frame.evaluate(() => window._smartico.identified());
  // In a stranger's frame nothing comes up before.
  await frame.locator('html').click();
  return frame;
};

const buttons = [
  { text: 'Claim', action: 'dp:action&action=CLAIM' },
  { text: 'Messages', action: 'dp:inbox' },
];
const press = async (frame: Frame, button: string): Promise<void> => {
  await world.operator.popup('ann', 'Bonus', { buttons });
  const popup = frame.locator('dialog.popup');
  await popup.getByRole('button', { name: button }).click();
  await popup.waitFor({ state: 'detached' });
};
/** The presses that were reported, and the actions that came of them. */
const cameOf = async (frame: Frame): Promise<unknown[]> => {
  await frame.evaluate(() => window._smartico.flush());
  return (await eventsNamed(world, 'engagement_action', 'CLAIM')).map(({ payload }) => payload.action ?? 'CLAIM');
};

test.each<[string, Around[]]>([
  ['nobody', []],
  ['its own origin', ['its own origin']],
  ['a listed origin', ['a listed origin']],
  ['a listed origin that its own frames', ['a listed origin', 'its own origin']],
])('framed by %s a page’s buttons act, and are reported', async (_, around) => {
  const frame = await open(around);
  await press(frame, 'Claim');
  await expect.poll(() => cameOf(frame)).toEqual(['dp:action&action=CLAIM', 'CLAIM']);
  expect(world.told).toEqual([]);
});

describe.each<[string, Around[]]>([
  ['a stranger', ['a stranger']],
  ['a listed origin that a stranger frames', ['a listed origin', 'a stranger']],
])('framed by %s', (_, around) => {
  const told = () => [`[smartico] framed_by_stranger: ${world.pages.otherSite}`];

  test('B18: a button that acts does nothing, is not reported, and is told once; one that shows something goes on', async () => {
    const frame = await open(around);
    await press(frame, 'Claim');
    await press(frame, 'Claim');
    await press(frame, 'Messages');
    await frame.getByRole('dialog', { name: 'Inbox' }).waitFor();
    await expect.poll(() => cameOf(frame)).toEqual(['dp:inbox']);
    expect(world.told).toEqual(told());
  });

  test('the link of an inbox message that acts does nothing either, and is told', async () => {
    const frame = await open(around);
    await world.operator.message('ann', 'Bonus', { action: 'dp:action&action=CLAIM' });
    await frame.evaluate(() => window._smartico.dp('dp:inbox'));
    await frame.getByRole('button', { name: /Bonus/ }).first().click();
    await frame.getByRole('button', { name: 'Open', exact: true }).click();
    await expect.poll(() => world.told).toEqual(told());
    expect(await cameOf(frame)).toEqual([]);
  });
});
