import { expect, test } from 'vitest';
import { everything, passes } from '../../../src/collector/live/filter.ts';
import { storedEvent } from './event.ts';

const event = storedEvent(1, { payload: { client_action: 'PIGGY-BANK-CLICK', prize: 'Łódź' } });

test.each([
  ['no filter', {}, true],
  ['the whole customer id', { user: 'test98635568' }, true],
  ['a part of the customer id', { user: 'test986' }, false],
  ['the type', { type: 'client_action' }, true],
  ['another type', { type: 'login' }, false],
  ['text in the payload, in another case', { text: 'piggy-bank' }, true],
  ['text in the payload that is not ASCII', { text: 'łÓDŹ' }, true],
  ['text in the customer id', { text: '8635' }, true],
  ['text in the type', { text: 'CLIENT_' }, true],
  ['text that is nowhere', { text: 'jackpot' }, false],
  ['the whole eid', { text: 'eid-00000001' }, true],
  ['the customer, and text that is nowhere', { user: 'test98635568', text: 'jackpot' }, false],
])('an event is looked for by %s', (_by, part, found) => {
  expect(passes({ ...everything, ...part })(event)).toBe(found);
});

test("a visitor's event is under no customer", () => {
  expect(passes({ ...everything, user: 'null' })(storedEvent(1, { user_ext_id: null }))).toBe(false);
});
