/**
 * Of all tabs of the origin, one shows a popup: whoever has the lock. What one tab took care of, the others hear.
 * A page that leaves lets go of both: in the back-forward cache it would be thrown out for them.
 */
import type { Platform } from '../platform.ts';

export interface OneTab {
  /** `false`: another tab shows something, or this one does already. */
  take(): Promise<boolean>;
  giveBack(): void;
  /** The other tabs need not show this one any more. */
  tell(uid: string): void;
  /** The page leaves, until `back`. */
  leave(): void;
  back(): void;
}

export const createOneTab = ({ locks, openChannel }: Platform, name: string, heard: (uid: string) => void): OneTab => {
  let giveBack = () => {};
  let channel: BroadcastChannel | undefined;
  const back = () => {
    channel ??= openChannel();
    if (channel)
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        // Others of ours speak here too.
        const [whose, uid] = Array.isArray(data) ? data : [];
        if (whose === name) heard(`${uid}`);
      };
  };
  back();
  return {
    take: () =>
      new Promise((resolve) => {
        const hold = (lock: Lock | null) => {
          resolve(!!lock);
          if (!lock) return;
          return new Promise<void>((done) => {
            giveBack = done;
          });
        };
        // Without a secure context there are no locks, in an opaque origin they refuse: each tab is on its own then.
        if (locks) locks.request(name, { ifAvailable: true }, hold).catch(() => resolve(true));
        else resolve(true);
      }),
    giveBack: () => giveBack(),
    tell: (uid) => channel?.postMessage([name, uid]),
    leave() {
      giveBack();
      channel?.close();
      channel = undefined;
    },
    back,
  };
};
