/** Whose a frame's events are: the user's whom the frame named when it made them, whatever became of the page's user since. */
import { expect, test } from 'vitest';
import { actInFrame, begin, bridgeWorld, known } from '../../support/bridge-world.ts';
import { keepBusy } from '../../support/busy-page.ts';
import { expectDelivered, nameOf } from '../../support/delivery.ts';
import { eventsNamed, identified } from '../../support/live-world.ts';

const world = bridgeWorld();

const whose = async (...names: string[]): Promise<unknown[]> =>
  (await eventsNamed(world, ...names)).map((event) => [nameOf(event), event.user_ext_id, event.trust]);

test('what a frame does under one user stays theirs when it names the next, or nobody', async () => {
  const [ann, bob] = [world.hashOf('ann'), world.hashOf('bob')];
  const { frame } = await world.openBoth(undefined, { after: begin(world) });
  await frame.evaluate(
    ([ann, bob]) => {
      const { _smartico_inframe: sdk } = window;
      sdk.action('nobody-1');
      void sdk.online('ann', 'en', ann!);
      sdk.action('ann-2');
      void sdk.online('bob', 'en', bob!);
      sdk.action('bob-3');
      sdk.logout();
      sdk.action('nobody-4');
    },
    [ann, bob],
  );
  const names = ['nobody-1', 'ann-2', 'bob-3', 'nobody-4'];
  await expectDelivered(world.label, names);
  expect(await whose(...names)).toEqual([
    ['nobody-1', null, 'unverified'],
    ['ann-2', 'ann', 'verified'],
    ['bob-3', 'bob', 'verified'],
    ['nobody-4', null, 'unverified'],
  ]);
});

test.each([
  ['logs out', '_smartico.logout()', null],
  ['has another user', "_smartico_user_id = 'bob'", 'bob'],
])("what a frame did before it heard that the page %s is still the last user's", async (_, change, next) => {
  const { page, frame } = await world.openBoth({
    attributes: `data-label="${world.label.key}"`,
    before: `_smartico_user_id = 'ann'; _smartico_user_hash = '${world.hashOf('ann')}';`,
  });
  await identified(page);
  await known(frame);
  const busy = await keepBusy(world.pages, page, change);
  await actInFrame(frame, 'ann-1', 'ann-2');
  busy.letGo();
  await busy.done;
  await frame.waitForFunction((user) => window._smartico_inframe.getPublicProps()?.public_username !== user, 'ann');
  await actInFrame(frame, 'next-3');
  await expectDelivered(world.label, ['ann-1', 'ann-2', 'next-3']);
  expect(await whose('ann-1', 'ann-2', 'next-3')).toEqual([
    ['ann-1', 'ann', 'verified'],
    ['ann-2', 'ann', 'verified'],
    ['next-3', next, 'unverified'],
  ]);
});

test("a frame's tags do not reach another user than the one they were meant for", async () => {
  const { page, frame } = await world.openBoth({
    attributes: `data-label="${world.label.key}"`,
    before: `_smartico_user_id = 'ann';`,
  });
  await identified(page);
  await known(frame);
  const busy = await keepBusy(world.pages, page, "_smartico_user_id = 'bob'");
  await frame.evaluate(() => window._smartico_inframe.updatePublicTags('add', ['ANNS']));
  busy.letGo();
  await busy.done;
  await expect.poll(() => world.told.filter((line) => line.includes('not_identified'))).toHaveLength(1);
  await actInFrame(frame, 'after');
  await expectDelivered(world.label, ['after']);
});

test('where everybody is a visitor, so is whoever acts in a frame', async () => {
  const { frame } = await world.openBoth(undefined, {
    after: `_smartico_inframe.initVisitorMode('${world.label.key}');`,
  });
  await actInFrame(frame, 'visited');
  await expectDelivered(world.label, ['visited']);
  expect(await whose('visited')).toEqual([['visited', null, 'unverified']]);
});
