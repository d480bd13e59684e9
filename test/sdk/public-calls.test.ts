// @vitest-environment node
/**
 * What the types promise is on the real objects, and nothing else is: the package's instance in a browser, and its `api`.
 */
import { readFileSync } from 'node:fs';
import { Window } from 'happy-dom';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCallbacks } from '../../src/sdk/callbacks.ts';
import { createApi } from '../../src/sdk/questions/api.ts';
import { freshIndexedDb } from '../support/indexeddb.ts';
import { membersOf } from '../support/interfaces.ts';
import { root } from '../support/source-map.ts';

const declared = (file: string, name: string) =>
  membersOf(readFileSync(`${root}/src/sdk/${file}.ts`, 'utf8'), name).sort();

beforeEach(() => {
  freshIndexedDb();
  vi.stubGlobal('VERSION', '1.2.3');
  vi.stubGlobal('ROOMS', {});
});
afterEach(() => vi.unstubAllGlobals());

test('the SDK has every public call of the types, and no others', async () => {
  const window = new Window({ url: 'https://op.example/' });
  vi.stubGlobal('window', window);
  vi.resetModules();
  const { smartico } = await import('../../src/sdk/module.ts');
  expect(Object.keys(smartico).sort()).toEqual(declared('api', 'SmarticoMethods'));
  expect(Object.keys(smartico).filter((name) => typeof Reflect.get(smartico, name) !== 'function')).toEqual([
    'api',
    'version',
  ]);
  await window.happyDOM.close();
});

test('`api` has every question of the types, and no others', () => {
  const never = () => new Promise<never>(() => {});
  const { api } = createApi({
    platform: { root: globalThis as never, now: Date.now },
    ask: never,
    callbacks: createCallbacks(() => undefined),
    user: () => null,
    waitIdentified: never,
    bodiesAt: never,
    report: () => {},
    tell: () => undefined,
  });
  // The one that needs no answer of the collector's stands where the profile is known.
  expect([...Object.keys(api), 'getUserProfile'].sort()).toEqual(declared('customer-api', 'SmarticoApi'));
});
