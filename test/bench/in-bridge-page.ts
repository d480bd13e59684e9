/**
 * The bench's hands in an operator's page and in the platform that it frames: each starts itself by what its address says,
 * as it does after every navigation. The page writes down when an event came to its database.
 */
// Brings `window._smartico_inframe` into the types.
import type {} from '../../src/sdk/api.ts';

export interface Pair {
  collector: string;
  label: string;
  /** Origins: of the page, and of the platform. */
  host: string;
  platform: string;
}

/** The clock that all processes of this machine share. */
const clock = (): number => performance.timeOrigin + performance.now();
const inNextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const pair: Pair = JSON.parse(decodeURIComponent(location.search.slice(1)));
const isHost = location.origin === pair.host;

const loadScript = (name: string, data: DOMStringMap): Promise<void> =>
  new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${pair.collector}/${name}.js`;
    Object.assign(script.dataset, data);
    script.onload = () => resolve();
    script.onerror = reject;
    document.head.append(script);
  });

/** When each action came to the page's database. */
const arrived = new Map<string, number>();
const writeDownArrivals = (): void => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (value, key) {
    const action = /"client_action":"([^"]+)"/.exec(`${value}`)?.[1];
    if (action) arrived.set(action, clock());
    return put.call(this, value, key);
  };
};

/** The control: a port of the browser's own, and what is said on it said back. */
const echo = ({ data, ports: [port] }: MessageEvent): void => {
  if (data === 'bench:echo' && port) port.onmessage = ({ data: said }) => port.postMessage(said);
};

let longest = 0;
const startHost = async (): Promise<void> => {
  writeDownArrivals();
  window.addEventListener('message', echo);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  }).observe({ type: 'longtask' });
  Object.assign(window, { _smartico_allow_localhost: true });
  await loadScript('smartico', { frames: pair.platform, label: pair.label });
  const frame = document.createElement('iframe');
  frame.allow = 'cross-origin-isolated';
  frame.src = pair.platform + location.search;
  document.documentElement.append(frame);
};

const startPlatform = async (): Promise<void> => {
  await loadScript('smartico_inframe', { hosts: pair.host });
  await window._smartico_inframe.losses();
};

const tripsOf = async (trips: number, once: () => Promise<unknown>): Promise<number[]> => {
  const taken: number[] = [];
  for (let i = 0; i < trips; i++) {
    await new Promise((resolve) => setTimeout(resolve, 4));
    const from = performance.now();
    await once();
    taken.push(performance.now() - from);
  }
  return taken;
};
/** Milliseconds there and back: a question that needs no collector. */
const questions = (trips: number) => tripsOf(trips, () => window._smartico_inframe.losses());
const bareTrips = (trips: number) => {
  const { port1, port2 } = new MessageChannel();
  window.parent.postMessage('bench:echo', pair.host, [port2]);
  return tripsOf(
    trips,
    () =>
      new Promise((resolve) => {
        port1.onmessage = resolve;
        port1.postMessage('{"type":"call","id":1,"method":"losses","args":[]}');
      }),
  );
};

export interface Made {
  name: string;
  at: number;
  /** Microseconds that the frame was held. */
  held: number;
}
/** Single calls, each in a task of its own. */
const actions = async (calls: number): Promise<Made[]> => {
  const made: Made[] = [];
  for (let i = 0; i < calls; i++) {
    await new Promise((resolve) => setTimeout(resolve, 4));
    const name = `single-${Math.random()}`;
    const at = clock();
    const from = performance.now();
    window._smartico_inframe.action(name);
    made.push({ name, at, held: (performance.now() - from) * 1000 });
  }
  await window._smartico_inframe.losses();
  return made;
};
const arrivals = (names: string[]): (number | undefined)[] => names.map((name) => arrived.get(name));

/** Calls in one task, until the page has taken the last of them. */
const burst = async (calls: number): Promise<{ syncMs: number; takenMs: number }> => {
  await inNextTask();
  const from = performance.now();
  for (let i = 0; i < calls; i++) window._smartico_inframe.action(`GAME_TILE_CLICKED_${(i * 7) % 40}`);
  const syncMs = performance.now() - from;
  // Behind them in order.
  await window._smartico_inframe.losses();
  return { syncMs, takenMs: performance.now() - from };
};

/** The page's longest task over 50 ms since it was last asked; 0 if there was none. */
const longestTask = async (): Promise<number> => {
  // What an observer is told of a task comes with a later one.
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 50));
  const found = longest;
  longest = 0;
  return found;
};

/** An action, and in the same task its window goes elsewhere; or the one around it. */
const actAndLeave = (name: string, whose: 'frame' | 'page'): void => {
  window._smartico_inframe.action(name);
  if (whose === 'frame') location.reload();
  else window.parent.location.href = `${pair.host}/again${location.search}`;
};

const ready = isHost ? startHost() : startPlatform();
export const inBridgePage = { ready, questions, bareTrips, actions, arrivals, burst, longestTask, actAndLeave };
Object.assign(window, { bridge: inBridgePage });
