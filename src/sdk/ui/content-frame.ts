/**
 * Server HTML, as far from the page as a browser can keep it: from the collector's origin, in an opaque sandbox, without a
 * script. Its words are the operator's; its buttons and its close are drawn outside.
 */
import type { Layer } from './layer.ts';

const PATIENCE = 10_000;

export interface ContentFrame {
  frame: HTMLIFrameElement;
  /** Rejects if it was not there in time. */
  loaded: Promise<unknown>;
}

export const contentFrame = ({ root, make }: Layer, src: string, title: string): ContentFrame => {
  const sandbox = 'allow-popups allow-popups-to-escape-sandbox';
  const frame = make('iframe', { src, title, sandbox, referrerpolicy: 'no-referrer' });
  const load = new Promise((resolve) => frame.addEventListener('load', resolve));
  // An error "loads" as well, be it the collector's or the browser's own page: whether it is there is learnt by asking.
  const there = root.fetch(src, { method: 'HEAD', referrerPolicy: 'origin' }).then(({ ok }) => ok || Promise.reject());
  const late = new Promise((_, reject) => root.setTimeout(reject, PATIENCE));
  return { frame, loaded: Promise.race([Promise.all([load, there]), late]) };
};
