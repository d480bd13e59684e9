/** Who is refused is told why, and soon: by the `identify` callback and on the console, instead of by silence. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { act } from '../../support/delivery.ts';
import { heard, type LivePage, liveWorld } from '../../support/live-world.ts';

const world = liveWorld({ hashes: { required: true } });

const open = async (parts: LivePage, address = world.address(parts)): Promise<Page> => {
  const page = await world.context.newPage();
  await page.goto(address);
  return page;
};
const expectRefused = async (page: Page, errCode: number, begins: string) => {
  const told = [errCode, {}, expect.stringMatching(begins)];
  await expect.poll(() => heard(page, 'identify')).toEqual([told]);
  expect(await heard(page, 'protocol_error')).toEqual([[{ errCode, errMsg: expect.stringMatching(begins) }]]);
  expect(world.told.filter((line) => line.includes('identify_refused'))).toHaveLength(1);
  expect(await page.evaluate(() => window._smartico.checkSuccessfullyIdentify())).toBe(false);
  // Who asks later is told as well.
  const late = await page.evaluate(
    () => new Promise((resolve) => window._smartico.on('identify', (code) => resolve(code))),
  );
  expect(late).toBe(errCode);
};

test('a hash of the right form is accepted', async () => {
  const page = await world.open(world.address({ user: 'ann', hash: world.hashOf('ann') }));
  expect(await heard(page, 'identify')).toMatchObject([[0, { is_visitor: false }, '']]);
});

test.each([
  ['no hash, where the label wants one', () => undefined, 4011, 'identity_unverified'],
  ['the hash of somebody else', () => world.hashOf('bob'), 4011, 'identity_unverified'],
  ['a hash that was made up', () => `${'a'.repeat(32)}:${Date.now() + 60_000}`, 4011, 'identity_unverified'],
  ['a hash whose time is over', () => world.hashOf('ann', Date.now() - 60_000), 4012, 'identity_expired'],
])('%s is told with its code', async (_, hashOf, errCode, begins) => {
  const hash = hashOf();
  await expectRefused(await open({ user: 'ann', ...(hash && { hash }) }), errCode, begins);
});

test('a refused user who brings the right hash is let in', async () => {
  const page = await open({ user: 'ann' });
  await expectRefused(page, 4011, 'identity_unverified');
  await page.evaluate((hash) => window._smartico.identify('ann', hash), world.hashOf('ann'));
  await expect.poll(() => page.evaluate(() => window._smartico.checkSuccessfullyIdentify())).toBe(true);
});

test('an origin that the label does not list is told so', async () => {
  const address = world.address({ user: 'ann', hash: world.hashOf('ann') });
  const page = await open({}, address.replace('127.0.0.1', 'other.localhost'));
  await expectRefused(page, 403, 'origin_not_allowed');
  expect(await heard(page, 'label_init_completed')).toEqual([[403, expect.stringMatching('origin_not_allowed')]]);
});

test('a label that the collector does not know is told so, and the page goes on', async () => {
  const page = await open({ user: 'ann', tag: world.tag('data-label="no-such-label"') });
  await expectRefused(page, 401, 'unknown_label');
  await act(page, 'still alive');
  expect(await page.evaluate(async () => (await window._smartico.receipts()).pending)).toBeGreaterThan(0);
});

test('a question of a page that is refused rejects with its reason instead of waiting for ever', async () => {
  const page = await world.context.newPage();
  await page.clock.install();
  await page.goto(world.address({ user: 'ann' }));
  await page.evaluate(() => {
    const keep = ({ code }: { code: string }) => Object.assign(window, { refused: code });
    void window._smartico.api.getInboxMessages().catch(keep);
  });
  const refused = async () => {
    await page.clock.fastForward(11_000);
    return page.evaluate(() => (window as unknown as { refused?: string }).refused);
  };
  await expect.poll(refused).toBe('not_identified');
});
