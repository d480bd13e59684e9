/**
 * The life of a page as the SDK sees it: it leaves (hidden, navigated, frozen), comes back, and finds the network again.
 * No `unload` handler: it would cost the page its place in the back-forward cache, and phones never fire it.
 */
export const watchPage = (root: Window, leave: () => void, back: () => void, online: () => void): void => {
  const { document } = root;
  document.addEventListener('visibilitychange', () => (document.visibilityState === 'hidden' ? leave() : back()));
  document.addEventListener('freeze', leave);
  root.addEventListener('pagehide', leave);
  root.addEventListener('pageshow', back);
  root.addEventListener('online', online);
};
