/**
 * The life of a page as the SDK sees it: it leaves (hidden, navigated, frozen), comes back, and finds the network again.
 * No `unload` handler: it would cost the page its place in the back-forward cache, and phones never fire it.
 */
import type { Platform } from './platform.ts';

export interface PageHears {
  leave(): void;
  back(): void;
  online(): void;
}

export const watchPage = ({ root, on }: Platform, { leave, back, online }: PageHears): (() => void) => {
  const { document } = root;
  const undo = [
    on(document, 'visibilitychange', () => (document.visibilityState === 'hidden' ? leave() : back())),
    on(document, 'freeze', leave),
    on(root, 'pagehide', leave),
    on(root, 'pageshow', back),
    on(root, 'online', online),
  ];
  return () => {
    for (const one of undo) one();
  };
};
