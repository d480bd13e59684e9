/** What the registry sets for fields: types that they must have, and what is never kept. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFieldRules, underRules } from '../../src/collector/operator/field-rules.ts';
import type { FieldRule, Registered } from '../../src/collector/store/event-log.ts';
import type { Payload } from '../../src/wire/event.ts';
import { batch, browserEvent, envelope, newEid, read, send, sendFromServer, stored } from '../support/batches.ts';
import { type CollectorHere, startHere } from '../support/collector-here.ts';

const rulesOf = async (...registered: Registered[]) => {
  const rules = createFieldRules({ registry: async () => ({ shapes: [], registered }) });
  await rules.load([{ name: 'casino' }]);
  return rules.of('casino');
};
const number: FieldRule = { type: 'number' };
const drop: FieldRule = { drop: true };

describe('by the rules of its type and its action', () => {
  const cases: [what: string, type: string, payload: Payload, kept: Payload | RegExp][] = [
    ['a field of its type stays', 'deposit', { amount: 5 }, { amount: 5 }],
    [
      'one of another type refuses the event',
      'deposit',
      { amount: '5' },
      /^payload\.amount must be of the type number, got string$/,
    ],
    ['null is a type of its own', 'deposit', { amount: null }, /got null$/],
    ['one that is dropped is not kept, whatever it holds', 'deposit', { card: { no: 1 }, ok: true }, { ok: true }],
    ['what is absent is no mistake', 'deposit', {}, {}],
    ['an action has rules of its own', 'client_action', { client_action: 'pay', iban: 'DE' }, { client_action: 'pay' }],
    ['and those of every action', 'client_action', { client_action: 'pay', ip: '::' }, { client_action: 'pay' }],
    [
      'another action does not have them',
      'client_action',
      { client_action: 'x', iban: 'DE' },
      { client_action: 'x', iban: 'DE' },
    ],
    ['a type by the name of an action is another thing', 'pay', { iban: 'DE' }, { iban: 'DE' }],
    ['a name of every object is a name like any', 'deposit', { toString: 1 }, {}],
  ];
  test.each(cases)('%s', async (_, type, payload, kept) => {
    const rules = await rulesOf(
      { kind: 'event_type', name: 'deposit', fields: { amount: number, card: drop, toString: drop } },
      { kind: 'event_type', name: 'client_action', fields: { ip: drop } },
      { kind: 'action', name: 'pay', fields: { iban: drop } },
    );
    const ruled = underRules(rules!, type, payload);
    if (kept instanceof RegExp) expect(ruled).toEqual({ ok: false, message: expect.stringMatching(kept) });
    else expect(ruled).toEqual({ ok: true, payload: kept });
  });
});

test('a label that sets no rules has none to be asked', async () => {
  expect(await rulesOf({ kind: 'action', name: 'pay', fields: {} })).toBeUndefined();
});

describe('over HTTP', () => {
  let collector: CollectorHere;
  beforeAll(async () => {
    collector = await startHere();
  });
  afterAll(() => collector.stop());
  const register = async (body: unknown) => {
    const response = await fetch(`${collector.url}/v1/registry`, {
      method: 'POST',
      headers: { authorization: 'Bearer demo-admin' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: (await response.json()) as { message: string; fields: object[] } };
  };

  test('a dropped field is in nothing that is kept, also where its event is refused or comes again', async () => {
    const secret = `4111-${newEid()}`;
    await register({ kind: 'action', name: 'pay', fields: { card: { drop: true }, amount: { type: 'number' } } });
    const good = browserEvent({ payload: { client_action: 'pay', amount: 1, card: secret } });
    const bad = browserEvent({ payload: { client_action: 'pay', amount: secret, card: secret } });
    const first = await send(collector, batch([good, bad]));
    expect(first.body).toMatchObject({ duplicate: [], rejected: [{ index: 1, code: 'bad_field_type' }] });
    expect((await stored(collector, good.eid))?.payload).toEqual({ client_action: 'pay', amount: 1 });
    const again = { ...good, payload: { client_action: 'pay', amount: 1, card: 'another' } };
    expect((await send(collector, batch([again]))).body.duplicate).toEqual([good.eid]);

    const { body } = await read<{ rejections: { code: string }[] }>(collector, '/v1/rejections');
    expect(body.rejections.map(({ code }) => code)).toEqual(['bad_field_type']);
    const everything = [body, (await read(collector, '/v1/events')).body, (await read(collector, '/v1/registry')).body];
    expect(JSON.stringify(everything) + collector.logged()).not.toContain(secret);
  });

  test('rules stand with the fields that were seen, are replaced whole, and stay where none are given', async () => {
    await sendFromServer(collector, envelope({ event_type: 'refund', payload: { amount: 5 } }));
    const set = await register({
      kind: 'event_type',
      name: 'refund',
      fields: { amount: { type: 'number' }, iban: { drop: true } },
    });
    expect([set.status, set.body.fields]).toEqual([
      200,
      [
        { name: 'amount', types: ['number'], count: 1, referable: true, rule: { type: 'number' } },
        { name: 'iban', types: [], count: 0, referable: true, rule: { drop: true } },
      ],
    ]);
    expect((await register({ kind: 'event_type', name: 'refund' })).body.fields).toEqual(set.body.fields);
    expect((await register({ kind: 'event_type', name: 'refund', fields: {} })).body.fields).toEqual([
      { name: 'amount', types: ['number'], count: 1, referable: true },
    ]);
    const { body } = await sendFromServer(collector, envelope({ event_type: 'refund', payload: { amount: 'five' } }));
    expect(body.rejected).toEqual([]);
  });

  test('rules that cannot be are refused, each with its place', async () => {
    const refused = async (body: object) => (await register({ kind: 'action', name: 'x', ...body })).body.message;
    expect(await refused({ fields: { a: { type: 'int' } } })).toMatch(/^fields\.a\.type must be one of "array"/);
    expect(await refused({ fields: { a: { drop: false } } })).toMatch(/^fields\.a\.drop must be true/);
    expect(await refused({ fields: { a: { drop: true, type: 'null' } } })).toMatch(
      /^fields\.a has a type or is dropped/,
    );
    expect(await refused({ fields: { a: {} } })).toMatch(/^fields\.a must have a type, or drop/);
    expect(await refused({ fields: { client_action: { drop: true } } })).toMatch(/^fields\.client_action names what/);
    expect(await refused({ kind: 'entry_point', fields: {} })).toMatch(/^fields belong to actions and event types/);
    expect(await refused({ filds: {} })).toMatch(/did you mean "fields"/);
  });
});
