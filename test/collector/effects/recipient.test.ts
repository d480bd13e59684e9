/** Where a customer is reached: whose word counts, and what is an address. */
import { describe, expect, test } from 'vitest';
import { emailOf, phoneOf } from '../../../src/collector/effects/recipient.ts';
import type { Property } from '../../../src/collector/engine/customer-state.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { byServer } from '../../support/ways-out.ts';

const customer = (properties: { [name: string]: Property }) => ({
  ...registered({ key: 'u:ann', user: 'ann' }, { name: 'Shop', gamificationShare: 100 }, 0),
  properties,
});
const email = (value: string) => emailOf(customer({ email: byServer(value) }), 'server');
const phone = (value: string) => phoneOf(customer({ phone: byServer(value) }), 'server');

describe('an e-mail address', () => {
  test.each([
    ['ann@customer.example', 'ann@customer.example'],
    [' ann@customer.example ', 'ann@customer.example'],
    ["o'neil+news@mail.customer.example", "o'neil+news@mail.customer.example"],
    ['ann@bücher.example', 'ann@xn--bcher-kva.example'],
  ])('%j is one', (value, address) => expect(email(value)).toEqual({ is: 'known', address }));

  test.each([
    'ann',
    'a.customer.example',
    'ann@',
    '@customer.example',
    'ann@localhost',
    'ann@customer..example',
    'ann@-customer.example',
    'ann@[127.0.0.1]',
    'ann.@customer.example',
    'a b@customer.example',
    '"a b"@customer.example',
    'Ann <ann@customer.example>',
    'ann@customer.example, bob@customer.example',
    'ann@customer.example\r\nBcc: all@customer.example',
    'ann\n@customer.example',
    'ann@customer.example\u0000',
    'ann@evil.example@customer.example',
    `${'a'.repeat(65)}@customer.example`,
    `ann@${'a.'.repeat(125)}example`,
  ])('%j is none', (value) =>
    expect(email(value)).toEqual({ is: 'unknown', why: 'the property email is no e-mail address' }),
  );
});

describe('a phone number', () => {
  test.each([
    ['+49 170 1234567', '+491701234567'],
    ['0049 (170) 123-45.67', '+491701234567'],
  ])('%j is one', (value, address) => expect(phone(value)).toEqual({ is: 'known', address }));

  test.each(['0170 1234567', '+0170123456', '+12', '+1234567890123456', '+49170x123456', 'tel:+491701234567'])(
    '%j is none: nobody can tell where it is',
    (value) => expect(phone(value).is).toBe('unknown'),
  );
});

test.each([
  ['unverified', 'server', 'unknown'],
  ['verified', 'server', 'unknown'],
  ['server', 'server', 'known'],
  ['verified', 'verified', 'known'],
  ['unverified', 'unverified', 'known'],
] as const)('said by a word that is %s, where the label asks for %s, it is %s', (trust, least, is) => {
  expect(emailOf(customer({ email: { value: 'ann@customer.example', trust } }), least).is).toBe(is);
});

test('what a page wrote under the published name hides nothing that a server said', () => {
  const properties = {
    core_user_email: { value: 'evil@evil.example', trust: 'unverified' as const },
    email: byServer('ann@customer.example'),
  };
  expect(emailOf(customer(properties), 'server')).toEqual({ is: 'known', address: 'ann@customer.example' });
});

test('a value that is no text is no address', () => {
  expect(emailOf(customer({ email: { value: ['ann@customer.example'], trust: 'server' } }), 'server').is).toBe(
    'unknown',
  );
});
