/**
 * The widget with everything real: the SDK on the operator's page, the collector's page in the frame.
 */
import { expect, test } from 'vitest';
import { heard, liveWorld } from '../support/live-world.ts';

const world = liveWorld();

test('showWidget shows the customer, and the close of the widget closes it', async () => {
  await world.operator.message('ann', 'Welcome');
  // Straight to the collector: the widget is of its origin, and the network between them here has one of its own.
  const tag = world.tag(`data-label="${world.label.key}" data-collector="${world.collector.url}"`);
  const page = await world.open(world.address({ user: 'ann', tag }));
  await page.evaluate(() => window._smartico.showWidget('short_info'));
  const sheet = page.locator('dialog.widget');
  const widget = sheet.frameLocator('iframe');
  await widget.getByText('ann').first().waitFor();
  await expect.poll(() => heard(page, 'gf_started')).toHaveLength(1);
  await widget.getByRole('button', { name: 'Close' }).click();
  await sheet.waitFor({ state: 'detached' });
  await expect.poll(() => heard(page, 'gf_closing')).toHaveLength(1);
  expect(world.told).toEqual([]);
});
