/** Where the page asks first, its frame keeps nothing either before the visitor agreed; and what the page refuses, the frame hears. */
import type { Frame, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import {
  actInFrame,
  begin,
  bridgeWorld,
  connected,
  type HostPage,
  known,
  type PlatformPage,
  platformOf,
} from '../../support/bridge-world.ts';
import { expectDelivered, nameOf } from '../../support/delivery.ts';
import { eventsNamed } from '../../support/live-world.ts';

const world = bridgeWorld();
const required: HostPage & PlatformPage = { attributes: 'data-consent="required"' };
/** Everything that a frame has on this device. */
const kept = (frame: Frame) =>
  frame.evaluate(async () => [
    ...Object.keys(sessionStorage),
    ...Object.keys(localStorage),
    ...(await indexedDB.databases()).map(({ name }) => name),
  ]);
/** What the frame has on this device right after it acted, before anybody could take it. */
const actAndLook = (frame: Frame, name: string): Promise<string[]> =>
  frame.evaluate((action) => {
    window._smartico_inframe.action(action);
    return Object.keys(sessionStorage);
  }, name);
const answer = (page: Page, given: boolean) => page.evaluate((yes) => window._smartico.consent(yes), given);
const row = /^_smartico_inframe:q:/;

test('asked on both sides: before the answer nothing of the frame is on the device or on its way; with yes it flows', async () => {
  const { page, frame } = await world.openBoth(required, { ...required, after: begin(world, 'ann') });
  expect(await actAndLook(frame, 'before')).toEqual([]);
  await connected(frame);
  expect([await kept(frame), await kept(page.mainFrame())]).toEqual([[], []]);
  expect(await world.label.events()).toEqual([]);
  await answer(page, true);
  await expectDelivered(world.label, ['before']);
  expect(await eventsNamed(world, 'before')).toMatchObject([{ user_ext_id: 'ann', source: 'bridge' }]);
  expect(await actAndLook(frame, 'after')).toEqual([expect.stringMatching(row)]);
  await expectDelivered(world.label, ['before', 'after']);
  await expect.poll(() => kept(frame)).toEqual([]);
});

test('asked by the page alone: what the frame kept before it knew is gone with the page’s first word, and still told after a yes', async () => {
  const after = `${begin(world, 'ann')}_smartico_inframe.action('early'); window.rows = Object.keys(sessionStorage);`;
  const { page, frame } = await world.openBoth(required, { after });
  expect(await frame.evaluate(() => (window as unknown as { rows: string[] }).rows)).toEqual([
    expect.stringMatching(row),
  ]);
  expect(await kept(frame)).toEqual([]);
  expect(await actAndLook(frame, 'later')).toEqual([]);
  await answer(page, true);
  await expectDelivered(world.label, ['early', 'later']);
});

test('a no purges what the frame has, and what it does afterwards is neither kept nor told', async () => {
  const { page, frame } = await world.openBoth(undefined, { after: begin(world, 'ann') });
  await actInFrame(frame, 'before');
  await expectDelivered(world.label, ['before']);
  await frame.evaluate(() => sessionStorage.setItem('_smartico_inframe:q:left-by-another', '{}'));
  await answer(page, false);
  await expect.poll(() => kept(frame)).toEqual([]);
  expect(await actAndLook(frame, 'after')).toEqual([]);
  await connected(frame);
  await expect.poll(() => world.told).toContainEqual(expect.stringContaining('consent_missing: refused'));
  expect((await world.label.events()).map(nameOf)).not.toContain('after');
});

test('the answer is the frame’s to give where it initialised the page, and nowhere else', async () => {
  const ask = (frame: Frame) =>
    frame.evaluate(async () => {
      try {
        await window._smartico_inframe.consent(true);
        return 'given';
      } catch (cause) {
        return (cause as { code: string }).code;
      }
    });
  const { frame } = await world.openBoth(required, { ...required, after: begin(world) });
  await actInFrame(frame, 'agreed');
  expect(await ask(frame)).toBe('given');
  await expectDelivered(world.label, ['agreed']);
  const other = await world.newContext();
  const page = await other.newPage();
  const after = `_smartico.init('${world.label.key}');`;
  await page.goto(world.host + world.hostPage(world.platform + world.platformPage(required), { ...required, after }));
  expect(await ask(platformOf(page))).toBe('identity_refused');
  await actInFrame(platformOf(page), 'refused');
  await connected(platformOf(page));
  await expectDelivered(world.label, ['agreed']);
});

test('a platform that is its own host asks by its own tag: nothing before the answer, and the answer is its own to give', async () => {
  const platform = world.platformPage({
    ...required,
    before: 'window._smartico_allow_localhost = true;',
    after: `_smartico_inframe.init('${world.label.key}', { standalone: true });`,
  });
  const page = await world.context.newPage();
  await page.goto(world.platform + platform);
  const frame = page.mainFrame();
  expect(await actAndLook(frame, 'before')).toEqual([]);
  await connected(frame);
  expect(await kept(frame)).toEqual([]);
  await frame.evaluate(() => window._smartico_inframe.consent(true));
  await expectDelivered(world.label, ['before']);
});

test('a page on localhost that did not allow it takes nothing from its frame, and both are told', async () => {
  const { page, frame } = await world.openBoth(
    { before: 'delete window._smartico_allow_localhost;' },
    { after: begin(world, 'ann') },
  );
  await actInFrame(frame, 'refused');
  await expect
    .poll(() => world.told)
    .toEqual(
      expect.arrayContaining([
        expect.stringContaining('localhost_refused: set window._smartico_allow_localhost = true'),
        expect.stringContaining('localhost_refused: action'),
      ]),
    );
  await page.evaluate(() => Object.assign(window, { _smartico_allow_localhost: true }));
  await known(frame);
  await actInFrame(frame, 'allowed');
  await expectDelivered(world.label, ['allowed']);
});
