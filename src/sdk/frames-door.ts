/**
 * Where the page's frames knock: fetches the room that answers them with the first hello, and looks at nothing else.
 */
import { isHello } from '../bridge/handshake.ts';
import type { Frames } from './frames/frames.ts';
import type { Tell } from './notice.ts';

export const openFramesDoor = (root: Window, name: string, fetch: () => Promise<Frames>, tell: Tell): void => {
  let frames: Promise<Frames> | undefined;
  root.addEventListener('message', (message) => {
    if (!isHello(message.data, name)) return;
    frames ??= fetch();
    frames.then(
      (room) => room.heard(message),
      (cause) => {
        frames = undefined;
        tell('room_unavailable', 'frames', cause); // and tried again: frames knock until they are answered
      },
    );
  });
};
