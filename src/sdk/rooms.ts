/**
 * The rooms that are fetched later: from where, and how they arrive. A room's script hands itself over through a function
 * that waits for it in the window; a failure is told, and the next call tries again.
 */
import type { LiveModule } from './live/live.ts';
import type { Platform } from './platform.ts';
import { scriptUrls } from './script-url.ts';
import type { UiModule } from './ui/ui.ts';

export interface Rooms {
  /** @param address the collector's */
  live(address: string): Promise<LiveModule>;
  ui(address: string): Promise<UiModule>;
  /** A script's address as the page takes it. */
  scriptUrl(address: string): string;
}

/** Put in by the build: the hashed copy of each room's file, and its SRI value. */
declare const ROOMS: { [file: string]: [path: string, integrity: string] };

/** @param pinned the page pinned `smartico.js` by an SRI value: then only the very rooms that were built with it are let in */
export const scriptRooms = ({ root }: Pick<Platform, 'root'>, name: string, pinned: boolean): Rooms => {
  const { document } = root;
  const scriptUrl = scriptUrls(root, name);
  const fetchRoom = <Module>(room: string, address: string): Promise<Module> =>
    new Promise((resolve, reject) => {
      const file = `smartico_${room}.js`;
      const tag = document.createElement('script');
      const [path, integrity] = (pinned && ROOMS[file]) || [`/${file}`, ''];
      tag.src = scriptUrl(address + path);
      if (integrity) {
        tag.integrity = integrity;
        tag.crossOrigin = 'anonymous';
      }
      tag.dataset.global = name;
      tag.onerror = reject;
      Object.assign(root, { [`${name}:${room}`]: resolve });
      document.head.append(tag);
    });
  return { live: (address) => fetchRoom('live', address), ui: (address) => fetchRoom('ui', address), scriptUrl };
};
