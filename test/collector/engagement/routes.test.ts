/** What an operator sends and what a page frames, over real sockets. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, newEid, read, stored } from '../../support/batches.ts';
import { type CollectorHere, startHere } from '../../support/collector-here.ts';
import { until } from '../../support/until.ts';

let collector: CollectorHere;
beforeAll(async () => {
  collector = await startHere({
    label: {
      origins: ['https://op.example', 'self'],
      linkHosts: ['op.example'],
      assetHosts: ['https://cdn.op.example'],
    },
  });
});
afterAll(() => collector.stop());

interface Told {
  code?: string;
  mistakes?: { path: string; code: string }[];
  engagement_uid: string;
  delivered: number;
  removed: { what: string }[];
  eid: string;
  tags: string[];
}
const post = async (
  path: string,
  body: unknown,
  key = 'demo-admin',
  headers: Record<string, string> = {},
): Promise<Answer<Told>> => {
  const response = await fetch(collector.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Told };
};
const popup = (more: object = {}) => ({ kind: 'popup', title: 'Hello', ...more });
const someone = (): string => `user-${newEid()}`;
const engagements = (user: string) => `/v1/customers/${encodeURIComponent(user)}/engagements`;

describe('sending', () => {
  test('a customer who never did anything may be sent something, and is then known', async () => {
    const user = someone();
    const { status, body } = await post(engagements(user), popup());
    expect([status, body]).toEqual([201, { engagement_uid: expect.any(String), delivered: 0, removed: [] }]);
    const customer = await read<{ engagements: { uid: string; about: string }[] }>(collector, `/v1/customers/${user}`);
    expect(customer.body.engagements).toMatchObject([{ uid: body.engagement_uid, about: 'Hello', status: 'pending' }]);
  });

  test('an id given by the operator, sent again, answers 200', async () => {
    const user = someone();
    const engagement_uid = newEid().replaceAll(':', '-');
    expect((await post(engagements(user), popup({ engagement_uid }))).status).toBe(201);
    expect(await post(engagements(user), popup({ engagement_uid }))).toMatchObject({
      status: 200,
      body: { engagement_uid },
    });
  });

  test('every mistake is told with its place and code', async () => {
    const { status, body } = await post(engagements(someone()), {
      ...popup({ title: '', buttons: [{ text: 'x', action: 'javascript:alert(1)' }] }),
      colour: 'red',
    });
    expect([status, body.code]).toEqual([400, 'bad_engagement']);
    expect(body.mistakes?.map(({ path, code }) => [path, code])).toEqual(
      expect.arrayContaining([
        ['title', 'bad_field'],
        ['buttons[0].action', 'unsafe_link'],
        ['colour', 'bad_field'],
      ]),
    );
  });

  test('only the admin key of the label sends, and never from another site', async () => {
    expect((await post(engagements('x'), popup(), 'demo-secret')).body.code).toBe('unknown_key');
    expect((await post(engagements('x'), popup(), 'demo-admin', { origin: 'https://op.example' })).body.code).toBe(
      'key_not_for_browsers',
    );
    const user = someone();
    await post(engagements(user), popup(), 'other-admin');
    expect((await read(collector, `/v1/customers/${user}`)).status).toBe(404);
  });

  test('a preview says what would be taken out, and sends nothing', async () => {
    const { status, body } = await post('/v1/engagements/preview', popup({ html: '<p>a</p><form></form>' }));
    expect([status, body.removed]).toEqual([200, [{ what: 'form', why: expect.any(String) }]]);
  });
});

describe('tags', () => {
  test('are an event of the server in the log, and stand in the state', async () => {
    const user = someone();
    const { status, body } = await post(`/v1/customers/${user}/tags`, {
      operation: 'add',
      tags: ['vip', 'Vip', 'gold'],
    });
    expect([status, body.tags]).toEqual([200, ['VIP', 'GOLD']]);
    expect(await stored(collector, body.eid)).toMatchObject({
      event_type: 'core_public_tags_update',
      user_ext_id: user,
      trust: 'server',
      payload: { operation: 'add', tags: ['VIP', 'GOLD'] },
    });
    const tags = async () => (await read<{ tags: string[] }>(collector, `/v1/customers/${user}`)).body.tags;
    await until(async () => (await tags()).length === 2);
    expect((await post(`/v1/customers/${user}/tags`, { operation: 'remove', tags: ['VIP'] })).body.tags).toEqual([
      'GOLD',
    ]);
    expect((await post(`/v1/customers/${user}/tags`, { operation: 'clear' })).body.tags).toEqual([]);
    await until(async () => (await tags()).length === 0);
  });

  test.each([
    null,
    {},
    { operation: 'paint', tags: ['x'] },
    { operation: 'add' },
    { operation: 'add', tags: 'x' },
    { operation: 'add', tags: [1] },
    { operation: 'add', tags: [' '] },
    { operation: 'add', tags: ['x'.repeat(101)] },
    { operation: 'add', tags: Array(101).fill('x') },
  ])('%j is refused', async (change) => {
    expect(await post(`/v1/customers/${someone()}/tags`, change)).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    });
  });
});

describe('what pages frame and fetch', () => {
  const html = '<p>Hi</p><script>x</script><img src="https://cdn.op.example/a.png">';
  const page = (path: string) => fetch(collector.url + path);

  test('HTML comes cleaned, without power, and for the label’s own pages alone', async () => {
    const { body } = await post(engagements(someone()), popup({ html, dir: 'rtl' }));
    const response = await page(`/content/demo-label/${body.engagement_uid}`);
    const text = await response.text();
    expect(text).toContain('<p>Hi</p><img src="https://cdn.op.example/a.png" />');
    expect(text).toContain('dir="rtl"');
    expect(text).not.toContain('script');
    const policy = new Map(
      (response.headers.get('content-security-policy') ?? '').split('; ').map((one) => {
        const [name = '', ...values] = one.split(' ');
        return [name, values.join(' ')];
      }),
    );
    expect(Object.fromEntries(policy)).toEqual({
      sandbox: 'allow-popups allow-popups-to-escape-sandbox',
      'default-src': "'none'",
      'style-src': "'unsafe-inline'",
      'img-src': expect.stringContaining('https://cdn.op.example'),
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': expect.stringMatching(/^'self' http:\/\/localhost.* https:\/\/op\.example$/),
    });
    expect(policy.get('img-src')?.split(' ')).toContain(collector.url);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    // The page that frames it learns so whether it is there.
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('a message is JSON for any page that knows its id', async () => {
    const { body } = await post(engagements(someone()), {
      kind: 'inbox',
      title: 'News',
      body: 'Read on',
      html,
      buttons: [{ text: 'Go', action: '/promo' }],
      custom_data: { a: 1 },
    });
    const response = await page(`/inbox/demo-label/${body.engagement_uid}.json`);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toEqual({
      title: 'News',
      body: 'Read on',
      image: null,
      action: 'dp:inbox',
      html_body: '<p>Hi</p><img src="https://cdn.op.example/a.png" />',
      additional_buttons: [{ inbox_cta_text: 'Go', action: '/promo' }],
      custom_data: { a: 1 },
    });
  });

  test('what is not there, or not of that kind, or another label’s, is told so', async () => {
    const { body: plain } = await post(engagements(someone()), popup());
    const { body: rich } = await post(engagements(someone()), popup({ html }));
    for (const [path, status] of [
      ['/content/demo-label/nothing-here', 404],
      [`/content/demo-label/${plain.engagement_uid}`, 404],
      [`/content/other-label/${rich.engagement_uid}`, 404],
      [`/content/nobody/${rich.engagement_uid}`, 401],
      [`/inbox/demo-label/${rich.engagement_uid}.json`, 404],
      [`/inbox/demo-label/${rich.engagement_uid}`, 404],
      ['/inbox/demo-label/..%2f..%2fpackage.json', 404],
    ] as const)
      expect([path, (await page(path)).status]).toEqual([path, status]);
  });
});

describe('the widget', () => {
  const policyOf = async (path: string) => {
    const response = await fetch(collector.url + path);
    expect([response.status, response.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
    return response.headers.get('content-security-policy') ?? '';
  };

  test('is framed by the label’s pages alone, and runs no script but its own', async () => {
    const policy = await policyOf('/widget?label_key=demo-label&user_ext_id=ann&user_hash=x');
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'/);
    expect(policy).toMatch(/frame-ancestors 'self' .*https:\/\/op\.example$/);
  });

  test('the hash in its address, and what a page frames, stand in no log', async () => {
    const uid = `secret-${newEid()}`;
    for (const path of [
      `/widget?label_key=nobody&user_ext_id=${uid}&user_hash=${uid}`,
      `/widget/${uid}?user_hash=${uid}`,
      `/content/demo-label/${uid}`,
    ])
      await fetch(collector.url + path);
    expect(collector.logged()).toContain('"code":"not_found"');
    expect(collector.logged()).not.toContain(uid);
  });

  test('with a wrong key it says so in any frame, since there is nothing to protect', async () => {
    expect(await policyOf('/widget?label_key=nobody')).toMatch(/frame-ancestors \*$/);
    expect(await policyOf('/widget')).toMatch(/frame-ancestors \*$/);
  });
});
