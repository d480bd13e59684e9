/**
 * The bench's hands inside a page with the whole surface: starts the SDK as a site does, writes down when something was
 * heard and when something was on the screen, and which scripts held the main thread.
 */
// Brings `window._smartico` into the types.
import type {} from '../../src/sdk/api.ts';

export interface Site {
  collector: string;
  label: string;
  brand: string;
  user: string;
}

/** The clock that all processes of this machine share. */
const clock = (): number => performance.timeOrigin + performance.now();

const moments = new Map<string, number>();
const waiting = new Map<string, (at: number) => void>();
const note = (moment: string): void => {
  const at = clock();
  moments.set(moment, at);
  waiting.get(moment)?.(at);
};
/** When it happened, or will have happened. */
const when = (moment: string): Promise<number> =>
  new Promise((resolve) => {
    const known = moments.get(moment);
    if (known === undefined) waiting.set(moment, resolve);
    else resolve(known);
  });

window.WebSocket = class extends WebSocket {
  constructor(...args: ConstructorParameters<typeof WebSocket>) {
    super(...args);
    // Before the SDK's own ears: the moment at which it hears.
    this.addEventListener('message', ({ data }) => {
      const title = JSON.parse(data).popup?.title;
      if (title) note(`pushed ${title}`);
    });
  }
};

// The shadow root is closed, but whatever is shown passes here.
const { showModal } = HTMLDialogElement.prototype;
const frameOver = new MessageChannel();
HTMLDialogElement.prototype.showModal = function () {
  showModal.call(this);
  // A task asked for in a frame comes when that frame is drawn.
  requestAnimationFrame(() => frameOver.port1.postMessage(`drawn ${this.ariaLabel}`));
};
frameOver.port2.onmessage = ({ data }) => note(data);

const start = ({ collector, label, brand, user }: Site): Promise<void> =>
  new Promise((resolve, reject) => {
    Object.assign(window, { _smartico_allow_localhost: true, _smartico_user_id: user });
    const script = document.createElement('script');
    script.src = `${collector}/smartico.js`;
    script.onload = () => {
      window._smartico.on('props_change', (props) => {
        for (const tag of (props as { core_public_tags?: string[] }).core_public_tags ?? []) note(`marked ${tag}`);
      });
      window._smartico.init(label, { brand_key: brand, collector });
      window._smartico.identified().then(() => resolve(), reject);
    };
    script.onerror = reject;
    document.head.append(script);
  });

const actUntilDrawn = async (action: string) => {
  const called = clock();
  window._smartico.action(action);
  return { called, drawn: await when(`drawn ${action}`), pushed: await when(`pushed ${action}`) };
};

const mark = (tag: string): number => {
  const called = clock();
  window._smartico.updatePublicTags('add', [tag]);
  return called;
};

/** A frame that took over 50 ms, and what ran in it (Long Animation Frames; not in the types yet). */
interface LongFrame extends PerformanceEntry {
  scripts: { sourceURL: string; duration: number }[];
}

let longTasks = 0;
/** Of each file of ours, the longest that it ran at a stretch in such a frame. */
const longest: Record<string, number> = {};
const watchLongTasks = (collector: string): void => {
  new PerformanceObserver((list) => {
    longTasks += list.getEntries().length;
  }).observe({ type: 'longtask' });
  new PerformanceObserver((list) => {
    for (const { sourceURL, duration } of (list.getEntries() as LongFrame[]).flatMap(({ scripts }) => scripts)) {
      if (!sourceURL.startsWith(collector)) continue;
      const file = sourceURL.slice(collector.length + 1);
      longest[file] = Math.max(longest[file] ?? 0, duration);
    }
  }).observe({ type: 'long-animation-frame' });
};
const held = () => ({ longTasks, longest });

/** Names of the scripts that came from there, in order. */
const scriptsFrom = (collector: string): string[] =>
  performance
    .getEntriesByType('resource')
    .filter(({ name }) => name.startsWith(collector) && name.endsWith('.js'))
    .map(({ name }) => name.slice(collector.length + 1));

export const inLivePage = { start, when, actUntilDrawn, mark, watchLongTasks, held, scriptsFrom };
Object.assign(window, { live: inLivePage });
