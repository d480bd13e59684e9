/** When a login counts as one, and whom a page means by its window inputs. */
import { expect, test } from 'vitest';
import { expectDelivered, sendAll } from '../../support/delivery.ts';
import { eventsNamed, expectHeard, heard, liveWorld } from '../../support/live-world.ts';

const world = liveWorld();
const logins = async () =>
  (await eventsNamed(world, 'login', 'logout')).map((event) => [event.event_type, event.user_ext_id]);

test('a login is told once within half an hour, however often the page is loaded and in however many tabs', async () => {
  const home = world.address({ user: 'ann' });
  const first = await world.open(home);
  await expectHeard(first, 'login', 1);
  const second = await world.open(home);
  await second.reload();
  await second.evaluate(() => window._smartico.identified());
  await first.evaluate(() => window._smartico.login());
  await first.evaluate(() => window._smartico.online('ann'));
  await sendAll(first);
  await sendAll(second);
  expect(await heard(second, 'login')).toEqual([]);
  expect(await heard(first, 'login')).toHaveLength(1);
  expect(await logins()).toEqual([['login', 'ann']]);
});

test('after a logout the next login counts', async () => {
  const page = await world.open(world.address({ user: 'ann' }));
  await expectHeard(page, 'login', 1);
  await page.evaluate(() => window._smartico.logout());
  await expectHeard(page, 'logout', 1);
  expect(await page.evaluate(() => window._smartico.checkSuccessfullyIdentify())).toBe(false);
  await page.evaluate(() => window._smartico.online('ann'));
  await expectHeard(page, 'login', 2);
  await sendAll(page);
  expect(await logins()).toEqual([
    ['login', 'ann'],
    ['logout', 'ann'],
    ['login', 'ann'],
  ]);
});

test('a page that only sets, clears and sets its window user logs in, out and in', async () => {
  const page = await world.open(world.address());
  const say = (user: string | null) =>
    page.evaluate((id) => {
      window._smartico_user_id = id;
    }, user);
  await say('ann');
  await expectHeard(page, 'login', 1);
  await say(null);
  await expectHeard(page, 'logout', 1);
  expect(await page.evaluate(() => window._smartico.checkSuccessfullyIdentify())).toBe(false);
  await say('ann');
  await expectHeard(page, 'login', 2);
  await sendAll(page);
  expect((await logins()).map(([type]) => type)).toEqual(['login', 'logout', 'login']);
});

test('a login that comes before the user is known waits for them', async () => {
  const page = await world.open(world.address());
  await page.evaluate(() => {
    window._smartico.login('EN');
    void window._smartico.identify('ann');
  });
  await expectHeard(page, 'login', 1);
  await sendAll(page);
  expect(await logins()).toEqual([['login', 'ann']]);
});

test('a login says where it came from, and the customer has it', async () => {
  const page = await world.open(world.address());
  await page.evaluate(() => {
    window._smartico.setEntryPoint('SPORTS_BANNER');
    void window._smartico.online('ann');
  });
  await expectHeard(page, 'login', 1);
  await sendAll(page);
  const [login] = await eventsNamed(world, 'login');
  expect(login?.payload).toMatchObject({ core_last_login_entry: 'SPORTS_BANNER' });
});

test('an id that is a number is a customer', async () => {
  const page = await world.open(world.address({ before: 'window._smartico_user_id = 8675309;' }));
  await expectHeard(page, 'login', 1);
  await sendAll(page);
  expect(await logins()).toEqual([['login', '8675309']]);
});

test('an id that is a junk word, a blank or no id at all is nobody', async () => {
  const page = await world.open(world.address());
  await page.evaluate(() => window._smartico.ready());
  const junk = await page.evaluate(() => {
    const all = ['undefined', 'null', ' ', '', undefined, null, Number.NaN, {}, []];
    return all.map((value, place) => {
      Object.assign(window, { _smartico_user_id: value });
      window._smartico.action(`${place}`);
      return `${place}`;
    });
  });
  await sendAll(page);
  await expectDelivered(world.label, junk);
  expect((await world.label.events()).every(({ user_ext_id }) => user_ext_id === null)).toBe(true);
  expect(await heard(page, 'identify')).toEqual([]);
});
