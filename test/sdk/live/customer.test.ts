import { beforeEach, describe, expect, test } from 'vitest';
import { createIdentity } from '../../../src/sdk/identity.ts';
import { createCustomer } from '../../../src/sdk/live/customer.ts';
import type { Ask, LiveNeeds } from '../../../src/sdk/live/live.ts';
import type { Answer } from '../../../src/wire/protocol.ts';
import { cids } from '../../../src/wire/protocol.ts';

/** A customer whose greeting is scripted: each question waits until the test answers it. */
const page = () => {
  const asked: { cid: number; fields: unknown; answer(answer: object): void; refuse(errCode?: number): void }[] = [];
  const heard: unknown[][] = [];
  const told: string[] = [];
  const changes: unknown[] = [];
  const arrivals: string[] = [];
  const settings = { label: 'label', brand: 'brand', visitor: false, language: '' };
  const identity = createIdentity(() => {});
  const note = (key: string, ...args: unknown[]) => void heard.push([key, ...args]);
  const customer = createCustomer(
    {
      settings: () => settings,
      identity,
      device: () => 'd-1',
      callbacks: { emit: note, emitSticky: note, forget: (key: string) => note(`forget ${key}`) },
      honorGpc: () => note('honorGpc'),
      tell: (code: string, about: string) => void told.push(`${code}: ${about}`),
    } as unknown as LiveNeeds,
    (props) => void changes.push(props),
    () => void arrivals.push(`${identity.user()}`),
  );
  const exchange: Ask = (cid, fields) =>
    new Promise((resolve, reject) =>
      asked.push({
        cid,
        fields,
        answer: (answer) => resolve(answer as Answer),
        refuse: (errCode) => reject(Object.assign(new Error('the reason'), { errCode })),
      }),
    );
  const next = async (at: number) => {
    for (let turns = 0; turns < 20 && !asked[at]; turns++) await Promise.resolve();
    const question = asked[at];
    if (!question) throw new Error(`no question ${at}`);
    return question;
  };
  return {
    ...customer,
    identity,
    settings,
    asked,
    next,
    heard,
    told,
    changes,
    arrivals,
    start: () => customer.greet(exchange),
    label: customer.settings,
    /** Greets for this user, who has these props. */
    async meet(user: string, props: object) {
      identity.set(user);
      const from = asked.length;
      const done = customer.greet(exchange);
      (await next(from)).answer({ settings: {} });
      (await next(from + 1)).answer({ props });
      return done;
    },
    keys: () => heard.map(([key]) => key),
  };
};
let here: ReturnType<typeof page>;
beforeEach(() => {
  here = page();
});

describe('a greeting', () => {
  test('sets up the label for the device, then identifies the user with the hash', async () => {
    here.identity.set('u1', 'h1');
    const done = here.start();
    expect(await here.next(0)).toMatchObject({
      cid: cids.init,
      fields: { label_key: 'label', brand_key: 'brand', device_id: 'd-1' },
    });
    here.asked[0]?.answer({ settings: { LINK_HOSTS: 'op.example' } });
    expect(await here.next(1)).toMatchObject({ cid: cids.identify, fields: { ext_user_id: 'u1', hash: 'h1' } });
    expect([here.label(), here.identified(), here.props()]).toEqual([{ LINK_HOSTS: 'op.example' }, false, null]);
    here.asked[1]?.answer({ props: { a: 1 } });
    expect(await done).toBe('ready');
    expect([here.identified(), here.props(), here.arrivals]).toEqual([true, { a: 1 }, ['u1']]);
  });

  test('of nobody, and of everybody in visitor mode, sets up the label and no more', async () => {
    here.identity.set('u1');
    here.settings.visitor = true;
    const done = here.start();
    (await here.next(0)).answer({ settings: {} });
    expect([await done, here.asked.length, here.identified()]).toEqual(['ready', 1, false]);
    expect(here.props()).toMatchObject({ is_visitor: true });
  });

  test.each([403, 401, 400, 4011, 4012])(
    'A8 label_init_completed, identify, protocol_error: one that is refused for good (%i) is told through every key',
    async (errCode) => {
      const done = here.start();
      (await here.next(0)).refuse(errCode);
      expect(await done).toBe('refused');
      expect(here.heard).toEqual([
        ['label_init_completed', errCode, 'the reason'],
        ['identify', errCode, {}, 'the reason'],
        ['protocol_error', { errCode, errMsg: 'the reason' }],
      ]);
      expect(here.told).toEqual(['identify_refused: the reason']);
    },
  );

  test.each([429, 500, 503, undefined])(
    'that failed for now (%j) is tried again, and nobody hears of it',
    async (errCode) => {
      const done = here.start();
      (await here.next(0)).refuse(errCode);
      expect([await done, here.heard]).toEqual(['again', []]);
    },
  );
});

describe('what the page hears', () => {
  test('A8 props_change: is the full set after identify, and after a reconnect only what became different', async () => {
    await here.meet('u1', { a: 1, tags: ['A'] });
    await here.meet('u1', { a: 2, tags: ['A'] });
    expect(here.heard).toEqual([
      ['label_init_completed', 0, ''],
      ['identify', 0, { a: 1, tags: ['A'] }, ''],
      ['props_change', { a: 1, tags: ['A'] }],
      ['props_change', { a: 2 }],
    ]);
    expect([here.changes, here.arrivals]).toEqual([[{ a: 1, tags: ['A'] }, { a: 2 }], ['u1']]);
  });

  test('is nothing after a reconnect where nothing changed', async () => {
    await here.meet('u1', { a: 1 });
    here.heard.length = 0;
    await here.meet('u1', { a: 1 });
    expect(here.heard).toEqual([]);
  });

  test('of a visitor is what became different as well', async () => {
    for (const unread of [1, 1, 2]) {
      const from = here.asked.length;
      const done = here.start();
      (await here.next(from)).answer({ settings: {}, props: { unread } });
      await done;
    }
    expect(here.heard).toEqual([
      ['label_init_completed', 0, ''],
      ['props_change', { unread: 2 }],
    ]);
  });

  test('is a copy: what a handler does to it changes nobody', async () => {
    await here.meet('u1', { a: 1 });
    for (const args of here.heard)
      for (const props of args.filter(Object.isExtensible)) Object.assign(props as object, { a: 9 });
    expect(here.props()).toEqual({ a: 1 });
  });

  test('is the label’s word once a label', async () => {
    await here.meet('u1', {});
    await here.meet('u1', {});
    here.settings.label = 'other';
    await here.meet('u1', {});
    expect(here.keys().filter((key) => key === 'label_init_completed')).toHaveLength(2);
  });
});

describe('a change of user', () => {
  test('leaves nothing of the first: not their props, not the sticky word about them', async () => {
    await here.meet('u1', { a: 1, secret: 'of u1' });
    here.forget();
    expect([here.identified(), here.props(), here.keys().at(-1)]).toEqual([false, null, 'forget identify']);
    await here.meet('u2', { a: 2 });
    expect(here.props()).toEqual({ a: 2 });
  });

  test.each([0, 1])(
    'makes what was asked for the first (question %i) nobody’s, however late the answer is',
    async (late) => {
      here.identity.set('u1');
      const first = here.start();
      for (let at = 0; at < late; at++) (await here.next(at)).answer({ settings: {} });
      const question = await here.next(late);
      here.forget();
      here.identity.set('u2');
      question.answer({ settings: {}, props: { of: 'u1' } });
      (await here.next(late + 1)).answer({ settings: {} });
      (await here.next(late + 2)).answer({ props: { of: 'u2' } });
      await first;
      expect([here.props(), JSON.stringify(here.heard)]).toEqual([{ of: 'u2' }, expect.not.stringContaining('u1')]);
      expect(here.asked.at(-1)?.fields).toMatchObject({ ext_user_id: 'u2' });
    },
  );

  test('makes a late refusal of the first nobody’s as well', async () => {
    here.identity.set('u1');
    const first = here.start();
    const question = await here.next(0);
    here.forget();
    here.identity.set('u2');
    question.refuse(403);
    (await here.next(1)).answer({ settings: {} });
    (await here.next(2)).answer({ props: {} });
    await first;
    expect(here.keys()).not.toContain('protocol_error');
  });

  test('makes what was expected of the first nobody’s', () => {
    here.merge({ a: 1 });
    here.expectTags('add', ['VIP']);
    expect([here.props(), here.heard]).toEqual([null, []]);
  });
});
