import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Rooms } from '../../src/sdk/rooms.ts';
import { frameIn, hostTag, LABEL, met, openHost, PLATFORM, withFrames } from '../support/framed-pages.ts';
import { type Device, device } from '../support/sdk-platform.ts';
import { until } from '../support/until.ts';

let here: Device;
beforeEach(() => {
  here = device();
});
afterEach(() => here.close());

/** The rooms of a page, and what is fetched of them. */
const watched = (fetch: (address: string) => Promise<unknown> = () => withFrames.load('frames', '', {})) => {
  const fetched: string[] = [];
  const rooms: Rooms = {
    ...withFrames,
    load(room, address) {
      if (room !== 'frames') return new Promise(() => {});
      fetched.push(address);
      return fetch(address) as never;
    },
  };
  return { rooms, fetched };
};

test('a page that no frame knocks at fetches no room of frames', async () => {
  const { rooms, fetched } = watched();
  const { root } = openHost(here, { rooms });
  for (const data of ['hello', '_acme:hello', '_smartico:hello ', { _smartico: 'hello' }, null])
    root.dispatchEvent(Object.assign(new root.Event('message'), { data }) as never);
  expect(fetched).toEqual([]);
});

test('a frame that knocks before init is answered: the room comes from where the script came from', async () => {
  const { rooms, fetched } = watched();
  const host = openHost(here, { rooms });
  await met(frameIn(host).open());
  host.smartico.init(LABEL);
  await met(frameIn(host).open());
  expect(fetched).toEqual(['https://events.op.example']);
});

test('after init it comes from the collector that init names', async () => {
  const { rooms, fetched } = watched();
  const host = openHost(here, { rooms });
  host.smartico.init(LABEL, { collector: 'https://collector.example' });
  await met(frameIn(host).open());
  expect(fetched).toEqual(['https://collector.example']);
});

test('a room that does not come is told, and the next hello tries again', async () => {
  let down = true;
  const { rooms, fetched } = watched(() =>
    down ? Promise.reject(new Error('down')) : withFrames.load('frames', '', {}),
  );
  const host = openHost(here, { rooms });
  const document = frameIn(host).open();
  await until(() => fetched.length > 1);
  expect(host.console).toEqual([expect.stringMatching(/^\[smartico\] room_unavailable: frames/)]);
  down = false;
  await met(document);
});

test('a frame of an origin that the page does not list is told to the page, with the attribute', async () => {
  const host = openHost(here, { script: { ...hostTag, frames: 'https://other.example' } });
  frameIn(host).open();
  await until(() => host.console.length);
  expect(host.console).toEqual([`[smartico] frame_refused: data-frames="${PLATFORM}"`]);
});

test('frames of the page’s own origin need no leave', async () => {
  const host = openHost(here, { script: { src: hostTag.src } });
  await met(frameIn(host, 'https://op.example').open());
  expect(host.console).toEqual([]);
});

test('init’s list of frames counts instead of the tag’s', async () => {
  const host = openHost(here, { script: { ...hostTag, frames: 'https://other.example' } });
  host.smartico.init(LABEL, { frames: [PLATFORM] });
  await met(frameIn(host).open());
  expect(host.console).toEqual([]);
});
