import { Window } from 'happy-dom';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Platform } from '../../src/sdk/platform.ts';
import { type Pins, scriptRooms } from '../../src/sdk/rooms.ts';

const COLLECTOR = 'https://events.op.example';
const PINS: Pins = { live: ['/immutable/smartico_live.abc.js', 'sha384-xyz'] };
const MODULE = { createLive: () => ({}) };

let root: Platform['root'];
beforeEach(() => {
  root = new Window({
    url: 'https://op.example/',
    settings: { disableJavaScriptFileLoading: true, handleDisabledFileLoadingAsSuccess: true },
  }) as unknown as Platform['root'];
  // What the page's tags do is told by the test: no script is fetched.
  root.document.head.append = (tag) => void tags.push(tag as HTMLScriptElement);
  tags.length = 0;
});
afterEach(() => (root as unknown as Window).happyDOM.close());
const tags: HTMLScriptElement[] = [];
/** The room's script has run. */
const arrives = (room: string, name = '_smartico') => (root[`${name}:${room}`] as (module: object) => void)(MODULE);

test('a room is a script of the collector’s, which hands itself over through the window', async () => {
  const coming = scriptRooms({ root }, '_smartico', false).load('live', COLLECTOR, PINS);
  expect(tags[0]).toMatchObject({ src: `${COLLECTOR}/smartico_live.js`, integrity: '' });
  expect(tags[0]?.dataset.global).toBe('_smartico');
  arrives('live');
  expect(await coming).toBe(MODULE);
});

test('a page that pinned the SDK gets the very room that was built with it, or none', () => {
  void scriptRooms({ root }, '_smartico', true).load('live', COLLECTOR, PINS);
  expect(tags[0]).toMatchObject({
    src: `${COLLECTOR}/immutable/smartico_live.abc.js`,
    integrity: 'sha384-xyz',
    crossOrigin: 'anonymous',
  });
});

test('an SDK under the vendor’s own name hears its own rooms', async () => {
  const acme = scriptRooms({ root }, '_acme', false).load('ui', COLLECTOR, {});
  expect(tags[0]?.dataset.global).toBe('_acme');
  expect(root['_smartico:ui']).toBeUndefined();
  arrives('ui', '_acme');
  expect(await acme).toBe(MODULE);
});

test('a collector behind the operator’s proxy is a path of the page', () => {
  void scriptRooms({ root }, '_smartico', false).load('api', '/collect', {});
  expect(tags[0]?.src).toBe('https://op.example/collect/smartico_api.js');
});

test('a script that does not come is a failure of the caller’s to tell; the next call tries again', async () => {
  const rooms = scriptRooms({ root }, '_smartico', false);
  const failed = rooms.load('ui', COLLECTOR, {});
  tags[0]?.onerror?.(new root.Event('error'));
  await expect(failed).rejects.toMatchObject({ type: 'error' });
  const again = rooms.load('ui', COLLECTOR, {});
  arrives('ui');
  expect([await again, tags.length]).toEqual([MODULE, 2]);
});

test('under Trusted Types addresses of scripts go through one policy of ours, named as the global', () => {
  const asked: string[] = [];
  const policies: string[] = [];
  root.trustedTypes = {
    createPolicy(name: string, { createScriptURL }: { createScriptURL(url: string): string }) {
      policies.push(name);
      return {
        createScriptURL(url: string) {
          asked.push(url);
          return createScriptURL(url);
        },
      };
    },
  };
  const rooms = scriptRooms({ root }, '_acme', false);
  expect(policies).toEqual([]);
  void rooms.load('live', COLLECTOR, {});
  expect(rooms.scriptUrl('/smartico-sw.js')).toBe('/smartico-sw.js');
  expect([policies, asked]).toEqual([['_acme'], [`${COLLECTOR}/smartico_live.js`, '/smartico-sw.js']]);
});

test('a script that loads and is not the room (a hotel’s login page) is no room: the next call may try again', async () => {
  const coming = scriptRooms({ root }, '_smartico', false).load('live', COLLECTOR, {});
  tags[0]?.onload?.(new root.Event('load') as never);
  await expect(coming).rejects.toBeDefined();
});
