/**
 * Server HTML, as far from the page as a browser can keep it: from the collector's origin, in an opaque sandbox, without a
 * script. Its words are the operator's; its buttons and its close are drawn outside.
 */
import type { Layer } from './layer.ts';

const PATIENCE = 10_000;

export interface ContentFrame {
  frame: HTMLIFrameElement;
  /** Rejects if nothing was there in time. */
  loaded: Promise<unknown>;
}

export const contentFrame = ({ root, make }: Layer, src: string, title: string): ContentFrame => {
  const sandbox = 'allow-popups allow-popups-to-escape-sandbox';
  const frame = make('iframe', { src, title, sandbox, referrerpolicy: 'no-referrer' });
  const load = new Promise((resolve) => frame.addEventListener('load', resolve));
  // The browser's own error page "loads" as well: that nobody answered is learnt by asking.
  const there = root.fetch(src, { method: 'HEAD', mode: 'no-cors' });
  const late = new Promise((_, reject) => root.setTimeout(reject, PATIENCE));
  return { frame, loaded: Promise.race([Promise.all([load, there]), late]) };
};
