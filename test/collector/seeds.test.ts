/**
 * The documented examples, with the demo's config and bodies byte for byte: what the operator's server sends, and what the
 * customer gets.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { labelDesk } from '../support/label-desk.ts';
import { root } from '../support/source-map.ts';
import { patiently } from '../support/until.ts';

const USER = 'test98635568';
const seed = (name: string): string => readFileSync(`${root}/test/fixtures/seeds/${name}.json`, 'utf8');
/** The documentation gives several examples one id: the later ones need their own to be events of their own. */
const withOwnId = (body: string): string =>
  body.replace('98866720-1ae7-452c-bc08-1b703954d2ea', '98866720-1ae7-452c-bc08-1b703954d2eb');

let collector: RunningCollector;
const desk = labelDesk(() => collector.url);
const subjectsOf = async (user: string): Promise<unknown[]> => {
  const mails = (await desk.sent({ user_ext_id: user, channel: 'email' })).filter(({ status }) => status === 'sent');
  return Promise.all(mails.map(async ({ uid }) => (await desk.message(uid)).words?.subject));
};
const htmlOf = async (user: string, subject: string): Promise<unknown> => {
  const mails = await desk.sent({ user_ext_id: user, channel: 'email' });
  const messages = await Promise.all(mails.map(({ uid }) => desk.message(uid)));
  return messages.find(({ words }) => words?.subject === subject)?.words?.html;
};
const inboxOf = async (user: string): Promise<string[]> => {
  const { engagements } = await desk.read<{ engagements: { kind: string; about: string }[] }>(`/v1/customers/${user}`);
  return engagements.filter(({ kind }) => kind === 'inbox').map(({ about }) => about);
};

beforeAll(async () => {
  collector = await startCollector();
  for (const user of [USER, 'anna', 'bela'])
    await desk.event(user, 'update_profile', { name: user, email: `${user}@customers.example` });
});
afterAll(() => collector.stop());

test('reset_password: the e-mail has the link of the event', async () => {
  expect((await desk.tell(seed('reset-password'))).rejected).toEqual([]);
  await expect.poll(() => subjectsOf(USER), patiently).toContain('Reset your password');
  expect(await htmlOf(USER, 'Reset your password')).toBe(
    'Here is your link to reset password - <a href="https://mysitecom/reset?code=WREWSREGS">click here</a>',
  );
});

test('cashback_ready under an id of its own: the e-mail has amount, currency and link', async () => {
  expect((await desk.tell(withOwnId(seed('cashback-ready')))).rejected).toEqual([]);
  await expect.poll(() => subjectsOf(USER), patiently).toContain('You got cashback');
  expect(await htmlOf(USER, 'You got cashback')).toBe(
    'You got 44.22 USD in cashback, \n<a href="https://mysitecom/activate_cashback?code=WREWSREGS">click here to activate</a>',
  );
});

test('without a mail server the e-mails are files that mail programs open', async () => {
  const folder = join(collector.dataDir, 'mail');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.eml'));
  const texts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(texts.some((text) => text.includes(`${USER}@customers.example`) && /^Subject: /m.test(text))).toBe(true);
});

test('the examples as they stand: the second has the id of the first, and is a conflict that is recorded', async () => {
  const before = (await desk.sent({ user_ext_id: USER })).length;
  const eid = '98866720-1ae7-452c-bc08-1b703954d2ea';
  expect((await desk.tell(seed('reset-password'))).duplicate).toEqual([eid]);
  expect((await desk.tell(seed('cashback-ready'))).duplicate).toEqual([eid]);
  const { rejections } = await desk.read<{ rejections: { code: string; eid: string }[] }>('/v1/rejections');
  expect(rejections.filter(({ code }) => code === 'eid_conflict')).toMatchObject([{ eid }]);
  expect((await desk.sent({ user_ext_id: USER })).length).toBe(before);
});

test('PIGGY-BANK-CLICK begins its campaign for the prize that the condition names, and says why not for another', async () => {
  const other = await desk.action('anna', 'PIGGY-BANK-CLICK', { prize: 'XYZ' });
  const meant = await desk.action('anna', 'PIGGY-BANK-CLICK', { prize: 'ABC' });
  const verdict = async (eid: string) =>
    (await desk.traces(eid))[0]?.verdicts.find(({ campaign }) => campaign === 'piggy-bank');
  await expect.poll(() => verdict(meant), patiently).toMatchObject({ fired: true });
  expect(await verdict(other)).toMatchObject({ fired: false, why: expect.stringMatching(/prize.*XYZ.*ABC/) });
  const messages = await desk.sent({ user_ext_id: 'anna', channel: 'inbox' });
  expect(messages).toMatchObject([{ campaign: 'piggy-bank', eid: meant }]);
});

test('a deep link’s action begins the campaign that waits for it', async () => {
  await desk.action('anna', 'DEPOSIT_OPENED');
  await expect.poll(() => inboxOf('anna'), patiently).toContain('Welcome to the cashier');
});

test('customers who had an event three times in the last week are a segment; an older one does not count', async () => {
  const members = async () =>
    (await desk.read<{ members: { user_ext_id: string }[] }>('/v1/segments/REGULARS')).members.map(
      ({ user_ext_id }) => user_ext_id,
    );
  const lastMonth = { event_date: Date.now() - 30 * 86_400_000 };
  await desk.action('bela', 'DEPOSIT_CLICKED', {}, lastMonth);
  for (const _ of [1, 2]) await desk.action('bela', 'DEPOSIT_CLICKED');
  for (const _ of [1, 2, 3]) await desk.action('anna', 'DEPOSIT_CLICKED');
  await expect.poll(members, patiently).toEqual(['anna']);
  await desk.action('bela', 'DEPOSIT_CLICKED');
  await expect.poll(members, patiently).toEqual(['anna', 'bela']);
});

test('an item is in stock: one system event reaches everybody who was interested in it, and nobody else', async () => {
  await desk.action('anna', 'item_viewed', { item: 'lamp' });
  await desk.action('bela', 'item_viewed', { item: 'chair' });
  await desk.action(null, 'item_in_stock', { item: 'lamp', item_name: 'The brass lamp' }, { scope: 'system' });
  await expect.poll(() => inboxOf('anna'), patiently).toContain('The brass lamp is back');
  expect(await inboxOf('bela')).not.toContain('The brass lamp is back');
});
