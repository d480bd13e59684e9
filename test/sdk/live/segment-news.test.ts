// @vitest-environment node
/** `on('segment:NAME')` in a whole page: the room that asks is fetched when it is wanted, and pushes are heard. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Rooms } from '../../../src/sdk/rooms.ts';
import { cids } from '../../../src/wire/protocol.ts';
import { liveOn } from '../../support/live-page.ts';
import { coreAlone, type Device, device } from '../../support/sdk-platform.ts';
import { until } from '../../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

const page = () => {
  const fetched: string[] = [];
  const rooms: Rooms = {
    ...coreAlone,
    load(room) {
      fetched.push(room);
      if (room === 'live') return import('../../../src/sdk/live/room.ts') as never;
      return import('../../../src/sdk/questions/room.ts') as never;
    },
  };
  const made = liveOn(here, { rooms });
  let matching: string[] = [];
  made.sockets.answer(cids.segments, ({ segment_id }) => ({
    segments: (segment_id as string[]).map((id) => ({ segment_id: id, is_matching: matching.includes(id) })),
  }));
  made.smartico.init('label', { brand_key: 'brand' });
  return {
    ...made,
    fetched,
    /** What the customer is in from now on, and that something changed is pushed. */
    enter(...names: string[]) {
      matching = names;
      made.sockets.push({ cid: cids.propsPush, props: {} });
    },
  };
};

test('a page that listened before anybody is known is told once they are, and what follows as it is pushed', async () => {
  const { smartico, heard, enter, fetched } = page();
  const told = heard('segment:VIP');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(fetched).not.toContain('api');
  void smartico.identify('u1');
  await until(() => told.length === 1);
  enter('VIP');
  await until(() => told.length === 2);
  enter();
  await until(() => told.length === 3);
  expect(told.map(([, matches]) => matches)).toEqual([false, true, false]);
});

test('a page that listens later is told then; one that listens to no segment asks for none', async () => {
  const { smartico, identified, heard, sockets, fetched } = page();
  heard('props_change', 'login');
  void smartico.identify('u1');
  await identified();
  expect(fetched).not.toContain('api');
  const told = heard('segment:VIP');
  await until(() => told.length === 1);
  expect([told, sockets.saidOf(cids.segments).length]).toEqual([[['segment:VIP', false]], 1]);
});

test('the next user’s segments are the next user’s', async () => {
  const { smartico, identified, heard, enter } = page();
  void smartico.identify('u1');
  await identified();
  const told = heard('segment:VIP');
  enter('VIP');
  await until(() => told.some(([, matches]) => matches));
  smartico.logout();
  await until(() => told[told.length - 1]?.[1] === false);
  const before = told.length;
  void smartico.identify('u2');
  await until(() => told.length > before);
  expect(told[before]).toEqual(['segment:VIP', true]);
});
