/** Unsubscribing by the link of a message, against a running collector: who may, what is asked, what changes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createUnsubscribeLinks, keptUnsubscribeKey } from '../../../src/collector/effects/unsubscribe-links.ts';
import { unsubscribePage } from '../../../src/collector/effects/unsubscribe-page.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { createMemoryUsers } from '../../../src/collector/store/memory-users.ts';
import { type CollectorHere, startHere } from '../../support/collector-here.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere();
});
afterAll(() => collector.stop());

let customers = 0;
const linksHere = async () => createUnsubscribeLinks(await keptUnsubscribeKey(collector.users), () => collector.url);
/** A customer with a link to refuse e-mails. */
const customerWithLink = async () => {
  const user = `Mail-${++customers}`;
  const key = `u:${user.toLowerCase()}`;
  const { label, users } = collector;
  await users.update(label.name, [{ customer: key, version: 0, state: registered({ key, user }, label, 1) }]);
  const url = (await linksHere()).urlOf({ label: label.name, customer: key, channel: 'email' });
  const refused = async () => (await users.get(label.name, key))!.state.unsubscribed;
  return { url, key, refused };
};
const asked = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
};

test('a look asks and changes nothing: programs follow links too', async () => {
  const { url, refused } = await customerWithLink();
  const { status, text, headers } = await asked(url);
  expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(text).toContain('<form method="post"><button>Unsubscribe</button></form>');
  expect(text).toContain(`e-mails from ${collector.label.name}`);
  expect(await refused()).toEqual([]);
});

test('the button unsubscribes, without a login, and says so ever after', async () => {
  const { url, refused } = await customerWithLink();
  const done = await asked(url, { method: 'POST' });
  expect([done.status, await refused()]).toEqual([200, ['email']]);
  expect(done.text).toContain('You are unsubscribed');
  expect((await asked(url)).text).toContain('You are unsubscribed');
  await asked(url, { method: 'POST' });
  expect(await refused()).toEqual(['email']);
});

test('so does a mail program by one click, whose form is no JSON', async () => {
  const { url, refused } = await customerWithLink();
  const body = 'List-Unsubscribe=One-Click';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  expect((await asked(url, { method: 'POST', body, headers })).status).toBe(200);
  expect(await refused()).toEqual(['email']);
});

test('the page loads nothing, runs nothing, is framed by nobody and tells no site where it was', async () => {
  const { url } = await customerWithLink();
  const { headers, text } = await asked(url);
  expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'.*frame-ancestors 'none'$/);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('set-cookie')).toBeNull();
  expect(text).not.toMatch(/<script|<img|https?:/);
});

describe('a link that is not ours changes nothing, and says what to do', () => {
  const damaged: [string, (url: string) => string | Promise<string>][] = [
    ['cut off', (url) => url.slice(0, -5)],
    ['without a signature', (url) => url.replace(/\.[^.]*$/, '')],
    [
      'with another claim under its signature',
      async (url) => {
        const other = await customerWithLink();
        return url.replace(/unsubscribe\/[^.]*/, /unsubscribe\/[^.]*/.exec(other.url)![0]);
      },
    ],
    ['with a letter changed', (url) => url.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))],
    [
      'signed by another key',
      () =>
        createUnsubscribeLinks('guessed', () => collector.url).urlOf({
          label: collector.label.name,
          customer: 'u:mail-1',
          channel: 'email',
        }),
    ],
    [
      'for a label that is gone',
      async () => (await linksHere()).urlOf({ label: 'gone', customer: 'u:mail-1', channel: 'email' }),
    ],
    ['of nothing', () => `${collector.url}/unsubscribe/.`],
    ['of letters', () => `${collector.url}/unsubscribe/%D0%96.%D0%96`],
  ];
  test.each(damaged)('%s', async (_, damage) => {
    const { url, refused } = await customerWithLink();
    const wrong = await damage(url);
    for (const method of ['GET', 'POST']) {
      const { status, text } = await asked(wrong, { method });
      expect([status, text]).toEqual([404, expect.stringContaining('This link does not work')]);
    }
    expect(await refused()).toEqual([]);
  });
});

test('somebody who was erased is not made anew', async () => {
  const { url, key } = await customerWithLink();
  await collector.users.erase(collector.label.name, key);
  expect((await asked(url, { method: 'POST' })).status).toBe(200);
  expect(await collector.users.get(collector.label.name, key)).toBeUndefined();
});

test('the key is made once and stays, so that the links of old e-mails go on working', async () => {
  const users = createMemoryUsers();
  const [first, second] = [await keptUnsubscribeKey(users), await keptUnsubscribeKey(users)];
  const claim = { label: 'My shop', customer: 'u:Łukasz/..?', channel: 'sms' } as const;
  const url = createUnsubscribeLinks(first, () => 'https://collector.example').urlOf(claim);
  expect(url).toMatch(/^https:\/\/collector\.example\/unsubscribe\/[\w.-]+$/);
  expect(createUnsubscribeLinks(second, () => '').read(url.split('/').at(-1)!)).toEqual(claim);
});

test('what a label is called is text on the page', () => {
  const page = unsubscribePage({ is: 'asking', label: '<b>"&shop', channel: 'sms' });
  expect(page).toContain('text messages from &#60;b&#62;&#34;&#38;shop');
});
