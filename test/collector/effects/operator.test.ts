/** What an operator's own systems are told, over a real socket: webhooks, and SMS by their gateway. */
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CalledServer, startCalled } from '../../support/called-server.ts';
import { byServer, NOW, openWaysOut, type WaysOut } from '../../support/ways-out.ts';

let called: CalledServer;
let ways: WaysOut;
beforeAll(async () => {
  called = await startCalled();
});
afterAll(() => called.stop());
beforeEach(async () => {
  called.came.length = 0;
  called.answer = (response) => response.writeHead(204).end();
  ways = await openWaysOut();
  ways.messages = { webhooks: { key: 'hook key' }, sms: { url: `${called.url}/sms`, key: 'gateway key' } };
});
afterEach(() => ways.stop());

const hook = (body: object = {}, path = '/hook') => ways.send('webhook', { url: `${called.url}${path}`, body });
const signatureOf = (id: string, body: string, key: string | Buffer): string => {
  const digest = createHmac('sha256', key)
    .update(`${id}.${NOW / 1_000}.${body}`)
    .digest('base64');
  return `v1,${digest}`;
};

describe('a webhook', () => {
  test('says what happened to whom, and is signed over its id, its time and its body', async () => {
    const event = { eid: 'e-1', name: 'deposit', payload: { amount: 5 } };
    expect(await hook({ level: 'gold', event })).toEqual({ is: 'sent', why: 'answered 204' });
    const { headers, body } = called.came[0]!;
    expect(JSON.parse(body)).toEqual({
      id: 'uid-1',
      campaign: 'welcome',
      customer: { user_ext_id: 'Ann' },
      event,
      level: 'gold',
    });
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': 'uid-1',
      'idempotency-key': 'uid-1',
      'webhook-timestamp': String(NOW / 1_000),
      'webhook-signature': signatureOf('uid-1', body, 'hook key'),
    });
  });

  test('with a key in the form of the standard’s libraries is signed by what that key stands for', async () => {
    const secret = Buffer.from('twenty four secret bytes');
    ways.messages = { webhooks: { key: `whsec_${secret.toString('base64')}` } };
    await hook();
    const { headers, body } = called.came[0]!;
    expect(headers['webhook-signature']).toBe(signatureOf('uid-1', body, secret));
  });

  test('cannot be given another id or another customer by its own body', async () => {
    await hook({ id: 'mine', customer: { user_ext_id: 'bob' } });
    expect(JSON.parse(called.came[0]!.body)).toMatchObject({ id: 'uid-1', customer: { user_ext_id: 'Ann' } });
  });

  test('without a key to sign with is not sent', async () => {
    ways.messages = {};
    expect(await hook()).toMatchObject({ is: 'never', status: 'failed', why: expect.stringContaining('webhooks.key') });
    expect(called.came).toEqual([]);
  });

  test('to an address inside is not sent, whoever wrote it down', async () => {
    const sending = await ways.send('webhook', { url: 'https://10.0.0.1/', body: {} });
    expect(sending).toEqual({ is: 'never', status: 'failed', why: 'the address leads into a private network' });
  });

  test('to nobody is tried again', async () => {
    const sending = await ways.send('webhook', { url: 'http://127.0.0.1:1/', body: {} });
    expect(sending).toEqual({ is: 'again', why: expect.stringContaining('ECONNREFUSED') });
  });

  test.each([
    [200, 'sent'],
    [202, 'sent'],
    [400, 'never'],
    [401, 'never'],
    [404, 'never'],
    [410, 'never'],
    [408, 'again'],
    [425, 'again'],
    [429, 'again'],
    [500, 'again'],
    [503, 'again'],
  ])('answered %i is %s', async (status, is) => {
    called.answer = (response) => response.writeHead(status).end('why so');
    expect(await hook()).toMatchObject({ is, why: `answered ${status}` });
  });

  test.each([301, 302, 307, 308])(
    'answered %i is not sent elsewhere, and the operator is told where that was',
    async (status) => {
      called.answer = (response) => response.writeHead(status, { location: 'http://127.0.0.1:6379/' }).end();
      expect(await hook()).toEqual({
        is: 'never',
        status: 'failed',
        why: `answered ${status} to http://127.0.0.1:6379/; redirects are not followed`,
      });
      expect(called.came).toHaveLength(1);
    },
  );

  test.each([
    ['120', 120_000],
    ['999999', 6 * 3_600_000],
  ])('that is asked to wait %s s is tried again after %i ms', async (seconds, after) => {
    called.answer = (response) => response.writeHead(429, { 'retry-after': seconds }).end();
    expect(await hook()).toEqual({ is: 'again', why: 'answered 429', after });
  });
});

describe('an SMS', () => {
  const sms = (text = 'Your code is 1234') => ways.send('sms', { text });

  test('goes signed to the operator’s gateway, with the number as telephones write it', async () => {
    expect(await sms()).toEqual({ is: 'sent', why: 'answered 204' });
    const { path, headers, body } = called.came[0]!;
    expect([path, JSON.parse(body)]).toEqual([
      '/sms',
      { to: '+491701234567', text: 'Your code is 1234', uid: 'uid-1' },
    ]);
    expect(headers['webhook-signature']).toBe(signatureOf('uid-1', body, 'gateway key'));
  });

  test('is a file where there is no gateway', async () => {
    ways.messages = {};
    expect(await sms()).toEqual({ is: 'sent', why: expect.stringContaining('sms/My%20shop/uid-1.txt') });
    expect(await readFile(join(ways.dataDir, 'sms/My%20shop/uid-1.txt'), 'utf8')).toBe(
      'To: +491701234567\n\nYour code is 1234\n',
    );
  });

  test.each([
    ['nobody knows a number', {}, 'no phone number is known: the property core_user_phone or phone has it'],
    ['it is no number', { phone: byServer('call me') }, 'the property phone is no phone number'],
    [
      'a page said it',
      { phone: { value: '+491701234567', trust: 'unverified' as const } },
      'the phone number is unverified; the label asks for server',
    ],
  ])('is not sent where %s', async (_, properties, why) => {
    ways.properties = properties;
    expect(await sms()).toEqual({ is: 'never', status: 'no_address', why });
    expect(called.came).toEqual([]);
  });
});

describe('a notification of a campaign', () => {
  const notice = { title: 'Hello', body: 'Come back', action: '/promo', icon: null };
  const failure = { endpoint_host: 'push.example', why: 'the push service answered 503' };
  test.each([
    ['reached one browser', { sent: 1, failed: [failure] }, { is: 'sent', why: 'to 1 browser' }],
    ['reached two', { sent: 2 }, { is: 'sent', why: 'to 2 browsers' }],
    [
      'reached none this time',
      { failed: [failure] },
      { is: 'again', why: 'push.example: the push service answered 503' },
    ],
    [
      'has no browser any more',
      { gone: 1 },
      { is: 'never', status: 'no_address', why: 'every subscription has ended' },
    ],
    [
      'never had one',
      { native: 1 },
      { is: 'never', status: 'no_address', why: 'no browser of theirs takes notifications' },
    ],
  ])('%s', async (_, report, sending) => {
    ways.pushReport = { ...ways.pushReport, ...report };
    expect(await ways.send('push', notice)).toEqual(sending);
    expect(ways.pushed).toEqual([notice]);
  });
});
