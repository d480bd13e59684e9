/** The documentation's two pages: the host loads the SDK and says nothing, the platform in its frame says everything. */
import { expect, test } from 'vitest';
import { bridgeWorld } from '../../support/bridge-world.ts';
import { expectDelivered } from '../../support/delivery.ts';
import { eventsNamed, identified } from '../../support/live-world.ts';

const world = bridgeWorld();

test('init, online and action in the frame are those of the page, and the event says where it was made', async () => {
  const { page } = await world.openBoth(undefined, {
    after: `
      _smartico_inframe.init('${world.label.key}');
      _smartico_inframe.online('ann');
      _smartico_inframe.action('RoundPlayed', { table: 'blue' });`,
  });
  await expectDelivered(world.label, ['RoundPlayed', 'login']);
  expect(await eventsNamed(world, 'RoundPlayed')).toMatchObject([
    { user_ext_id: 'ann', source: 'bridge', frame: world.platform, payload: { table: 'blue' } },
  ]);
  await identified(page);
  expect(world.told).toEqual([]);
});

test('the login that comes of it, once the collector knows the user, is the page’s own word', async () => {
  await world.openBoth(undefined, {
    after: `
      _smartico_inframe.init('${world.label.key}');
      _smartico_inframe.online('ann');`,
  });
  await expectDelivered(world.label, ['login']);
  const [login] = await eventsNamed(world, 'login');
  expect([login?.user_ext_id, login?.source, login?.frame]).toEqual(['ann', 'auto', undefined]);
});
