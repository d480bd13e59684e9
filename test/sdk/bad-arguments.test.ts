// @vitest-environment node
/** What no call can mean is told once, stored nowhere, and never thrown into the page. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Smartico } from '../../src/sdk/api.ts';
import { type Device, device } from '../support/sdk-platform.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

const nothing = Object.create(null) as never;
const symbol = Symbol('s') as never;

test.each<[string, (smartico: Smartico) => unknown, string]>([
  ['dp(null)', (smartico) => smartico.dp(null as never), 'link_dropped'],
  ['dp()', (smartico) => smartico.dp(undefined as never), 'link_dropped'],
  ['dp(symbol)', (smartico) => smartico.dp(symbol), 'link_dropped'],
  ['dp(object)', (smartico) => smartico.dp(nothing), 'link_dropped'],
  ['setLoginEntry()', (smartico) => smartico.setLoginEntry(undefined as never), 'bad_argument'],
  ['setEntryPoint(symbol)', (smartico) => smartico.setEntryPoint(symbol), 'bad_argument'],
  ['updatePublicTags(explode)', (smartico) => smartico.updatePublicTags('explode' as never, ['a']), 'bad_argument'],
  ['updatePublicTags()', (smartico) => smartico.updatePublicTags(undefined as never), 'bad_argument'],
  ['updatePublicTags(symbol)', (smartico) => smartico.updatePublicTags(symbol), 'bad_argument'],
])('%s', async (_name, call, code) => {
  const { smartico, collector, console } = here.load({ before: { _smartico_user_id: 'u1' } });
  smartico.init('label');
  expect(call(smartico)).toBeUndefined();
  call(smartico);
  expect(console.filter((word) => word.includes(code))).toHaveLength(1);
  await smartico.flush();
  expect(collector.stored).toEqual([]);
});

test('a key that is no text is nobody’s, and disturbs nobody', () => {
  const { smartico } = here.load();
  expect(() => smartico.on(symbol, () => {})()).not.toThrow();
});
