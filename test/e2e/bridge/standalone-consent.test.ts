/** A platform that is its own page asks for consent as its tag says. */
import { expect, test } from 'vitest';
import { bridgeWorld } from '../../support/bridge-world.ts';
import { expectDelivered } from '../../support/delivery.ts';

const world = bridgeWorld();

test('alone, a tag with data-consent keeps and sends nothing before the answer', async () => {
  const path = world.platformPage({
    attributes: 'data-consent="required"',
    before: 'window._smartico_allow_localhost = true;',
    after: `
      _smartico_inframe.init('${world.label.key}', { standalone: true });
      _smartico_inframe.action('RoundPlayed');`,
  });
  const page = await world.context.newPage();
  await page.goto(world.platform + path);
  await page.evaluate(() => window._smartico_inframe.losses());
  await expect.poll(() => world.told.join()).toMatch(/consent_missing/);
  expect(await world.label.events()).toEqual([]);
  expect(await page.evaluate(() => [localStorage, sessionStorage].flatMap((store) => Object.keys(store)))).toEqual([]);
  await page.evaluate(() => window._smartico_inframe.consent(true));
  await expectDelivered(world.label, ['RoundPlayed']);
});
