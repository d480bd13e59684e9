/** Who listens to a segment, in the page or in a frame of it, hears of it when what the customer does moves them. */
import type { Frame } from 'playwright-core';
import { expect, test } from 'vitest';
import { begin, bridgeWorld, known } from '../../support/bridge-world.ts';

const world = bridgeWorld({
  segments: { REGULARS: { event: 'DEPOSIT', count: { min: 3 } }, VIP: { tag: 'VIP' } },
});
/** Writes down what is heard of each segment, in order. */
const listen = (where: Pick<Frame, 'evaluate'>, global: '_smartico' | '_smartico_inframe') =>
  where.evaluate((name) => {
    const told: string[] = [];
    Object.assign(window, { told });
    for (const segment of ['REGULARS', 'VIP', 'NOBODY'])
      window[name].on(`segment:${segment}`, (matches) => told.push(`${segment} ${matches}`));
  }, global);
const told = (where: Pick<Frame, 'evaluate'>) =>
  where.evaluate(() => (window as unknown as { told: string[] }).told.filter((one) => !one.startsWith('NOBODY')));

test('three deposits: page and frame hear that the customer entered, and of a tag that it came and went', async () => {
  const { page, frame } = await world.openBoth({}, { after: begin(world, 'ann') });
  await known(frame);
  const both = [page, frame];
  await listen(page, '_smartico');
  await listen(frame, '_smartico_inframe');
  for (const one of both)
    await expect.poll(async () => (await told(one)).sort()).toEqual(['REGULARS false', 'VIP false']);

  await page.evaluate(() => {
    for (const _ of [1, 2, 3]) window._smartico.action('DEPOSIT');
  });
  for (const one of both) await expect.poll(async () => (await told(one)).slice(2)).toEqual(['REGULARS true']);
  await world.operator.tag('ann', 'add', ['vip']);
  for (const one of both) await expect.poll(async () => (await told(one)).slice(3)).toEqual(['VIP true']);
  await world.operator.tag('ann', 'remove', ['vip']);
  for (const one of both) await expect.poll(async () => (await told(one)).slice(4)).toEqual(['VIP false']);
  expect(world.told.filter((line) => line.includes('segment_unknown'))).toEqual(['[smartico] segment_unknown: NOBODY']);
});
