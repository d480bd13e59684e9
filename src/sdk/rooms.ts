/**
 * The rooms that are fetched later: from where, and how they arrive. A room's script hands itself over through a function
 * that waits for it in the window; a failure is the caller's to tell, and the next call tries again.
 */
import type { DoctorModule } from './doctor/doctor.ts';
import type { FramesModule } from './frames/frames.ts';
import type { LiveModule } from './live/live.ts';
import type { Platform } from './platform.ts';
import type { PublisherModule } from './publisher/publisher.ts';
import type { QuestionsModule } from './questions/questions.ts';
import { scriptUrls } from './script-url.ts';
import type { UiModule } from './ui/ui.ts';

export interface Modules {
  /** Once a label is known. */
  live: LiveModule;
  /** With the first question about the customer. */
  api: QuestionsModule;
  /** With the first thing that is drawn. */
  ui: UiModule;
  /** With the first frame that knocks. */
  frames: FramesModule;
  /** Where events go to a publisher. */
  publisher: PublisherModule;
  /** Where the page asks why its events do not arrive. */
  doctor: DoctorModule;
}

export interface Rooms {
  /** @param address the collector's */
  load<Room extends keyof Modules>(room: Room, address: string, pins: Pins): Promise<Modules[Room]>;
  /** A script's address as the page takes it (Trusted Types). */
  scriptUrl(address: string): string;
}

/** The hashed copies of the rooms that a bundle fetches, and their SRI values; put in by the build as `ROOMS`. */
export type Pins = { [room: string]: [path: string, integrity: string] };

/** @param pinned the page pinned `smartico.js` by an SRI value: then only the very rooms that were built with it are let in */
export const scriptRooms = ({ root }: Pick<Platform, 'root'>, name: string, pinned: boolean): Rooms => {
  const { document } = root;
  const scriptUrl = scriptUrls(root, name);
  return {
    scriptUrl,
    load: (room, address, pins) =>
      new Promise((resolve, reject) => {
        const tag = document.createElement('script');
        const [path, integrity] = (pinned && pins[room]) || [`/smartico_${room}.js`, ''];
        tag.src = scriptUrl(address + path);
        if (integrity) {
          tag.integrity = integrity;
          tag.crossOrigin = 'anonymous';
        }
        tag.dataset.global = name;
        tag.referrerPolicy = 'origin';
        // A room that ran has handed itself over by then; what a hotel's login page sends in its place has not.
        tag.onload = tag.onerror = (cause) => {
          tag.remove();
          reject(cause);
        };
        Object.assign(root, { [`${name}:${room}`]: resolve });
        document.head.append(tag);
      }),
  };
};
