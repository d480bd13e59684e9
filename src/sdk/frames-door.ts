/**
 * Where the page's frames knock: fetches the room that answers them with the first hello, and looks at nothing else.
 */
import { isHello } from '../bridge/handshake.ts';
import type { Frames, FramesNeeds } from './frames/frames.ts';
import type { Pins, Rooms } from './rooms.ts';

/** Put in by the build. */
declare const ROOMS: Pins;

/** @param address the collector's, as it is known by then */
export const openFramesDoor = (rooms: Rooms, address: () => string, needs: FramesNeeds): void => {
  const { root, name, tell } = needs;
  let frames: Promise<Frames> | undefined;
  root.addEventListener('message', (message) => {
    if (!isHello(message.data, name)) return;
    frames ??= rooms.load('frames', address(), ROOMS).then(({ createFrames }) => createFrames(needs));
    frames.then(
      (room) => room.heard(message),
      (cause) => {
        frames = undefined;
        tell('room_unavailable', 'frames', cause); // and tried again: frames knock until they are answered
      },
    );
  });
};
