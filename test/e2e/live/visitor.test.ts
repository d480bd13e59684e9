/** Pages where everyone is a visitor, and pages that initialise more than once. */
import { expect, test } from 'vitest';
import { act, expectDelivered, sendAll } from '../../support/delivery.ts';
import {
  eventsNamed,
  expectHeard,
  expectShown,
  heard,
  identified,
  liveWorld,
  popupOf,
} from '../../support/live-world.ts';
import { operatorOf } from '../../support/operator.ts';

const world = liveWorld({ segments: { VIP: { tag: 'VIP' } } });

test('in visitor mode nobody is identified, links run at once, and a visitor has props, tags and an inbox', async () => {
  const after = `_smartico.initVisitorMode('${world.label.key}'); _smartico.login(); _smartico.logout();`;
  const page = await world.open(world.address({ tag: world.tag(''), after }));
  await expectHeard(page, 'label_init_completed', 1);
  const seen = await page.evaluate(async () => {
    const { _smartico: smartico } = window;
    smartico.updatePublicTags('add', ['vip']);
    const api = smartico.vapi('DE');
    let thrown: unknown;
    try {
      api?.getUserProfile();
    } catch (cause) {
      thrown = (cause as { code: string }).code;
    }
    return [
      thrown,
      smartico.checkSuccessfullyIdentify(),
      smartico.getPublicProps()?.is_visitor,
      smartico.getPublicProps()?.core_public_tags,
      await api?.getInboxMessages(),
    ];
  });
  expect(seen).toEqual(['not_identified', false, true, ['VIP'], []]);
  await sendAll(page);
  await page.reload();
  await expectHeard(page, 'label_init_completed', 1);
  await expect.poll(() => page.evaluate(() => window._smartico.vapi()?.checkSegmentMatch('VIP'))).toBe(true);
  await page.evaluate(() => window._smartico.dp('dp:inbox'));
  await expectShown(page, 'Inbox');
  for (const key of ['identify', 'login', 'logout']) expect(await heard(page, key)).toEqual([]);
});

test('the same label initialised again changes nothing', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await page.evaluate((label) => {
    window._smartico.init(label, { brand_key: 'brand-0' });
    window._smartico.init(label);
  }, world.label.key);
  await world.operator.popup('ann', 'Once');
  await expectShown(page, 'Once');
  for (const key of ['init', 'label_init_completed', 'identify', 'login'])
    expect(await heard(page, key)).toHaveLength(1);
  expect(world.network.sockets).toHaveLength(1);
});

test('another label starts over: what the first one showed is gone, and each gets its own events', async () => {
  const other = operatorOf(() => ({ url: world.collector.url, admin: world.otherLabel.admin }));
  await world.operator.tag('ann', 'add', ['first']);
  await other.tag('ann', 'add', ['second']);
  const page = await world.open(world.address({ user: 'ann' }));
  await world.operator.popup('ann', 'Of the first');
  await expect.poll(() => eventsNamed(world, 'engagement_impression')).toHaveLength(1);
  world.network.set('cut');
  await act(page, 'for the first');
  await page.evaluate((label) => window._smartico.init(label), world.otherLabel.key);
  await popupOf(page).waitFor({ state: 'detached' });
  await identified(page);
  const tags = () => page.evaluate(() => window._smartico.getPublicProps()?.core_public_tags);
  await expect.poll(tags).toEqual(['SECOND']);
  await act(page, 'for the second');
  world.network.heal();
  await other.popup('ann', 'Of the second');
  await expectShown(page, 'Of the first', 'Of the second');
  await expectHeard(page, 'label_init_completed', 2);
  await sendAll(page);
  const tagged = 'core_public_tags_update';
  await expectDelivered(world.otherLabel, [tagged, 'login', 'for the second', 'engagement_impression']);
  await expectDelivered(world.label, [tagged, 'login', 'for the first', 'engagement_impression']);
});

test('a visitor mode that a page leaves for a label lets its user in', async () => {
  const after = `_smartico.initVisitorMode('${world.label.key}');`;
  const page = await world.open(world.address({ tag: world.tag(''), after }));
  await page.evaluate(() => window._smartico.ready());
  await page.evaluate((label) => {
    window._smartico_user_id = 'ann';
    window._smartico.init(label);
  }, world.label.key);
  await identified(page);
  expect(await page.evaluate(() => window._smartico.getPublicProps()?.is_visitor)).toBe(false);
});
