/**
 * The bench's hands inside the page: runs a variant, times it by the page's own clock (5 µs on a cross-origin isolated page),
 * and looks at what is on disk through a database connection of its own.
 */

/** A variant's code is handed over as text so that the browser compiles it inside the measured time. */
export interface VariantCode {
  script: string;
  /** Starts it. */
  init: string;
  /** One event; `name` is its action. */
  action: string;
}

type Action = (name: string) => void;
let action: Action = () => {};

/** A page has some dozens of actions; all alike would compress better than any real batch. */
const nameOf = (call: number): string => `GAME_TILE_CLICKED_${(call * 7) % 40}`;

const inNextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

let longTasks = 0;

const load = async (code: VariantCode): Promise<number> => {
  new PerformanceObserver((list) => {
    longTasks += list.getEntries().length;
  }).observe({ type: 'longtask' });
  await inNextTask();
  const from = performance.now();
  const script = document.createElement('script');
  script.textContent = `${code.script}\n;${code.init}`;
  document.head.append(script);
  const until = performance.now();
  action = new Function('name', code.action) as Action;
  return until - from;
};

/** Microseconds of single calls, each in a task of its own with the previous write finished. */
const singles = async (calls: number): Promise<number[]> => {
  const taken: number[] = [];
  for (let i = 0; i < calls; i++) {
    await new Promise((resolve) => setTimeout(resolve, 4));
    const from = performance.now();
    action('CashierSubmitClicked');
    taken.push((performance.now() - from) * 1000);
  }
  return taken;
};

const opened = (name: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const rowsOf = (db: IDBDatabase): Promise<number> =>
  new Promise((resolve, reject) => {
    const names = [...db.objectStoreNames];
    if (names.length === 0) return resolve(0);
    const transaction = db.transaction(names);
    const counts = names.map((name) => transaction.objectStore(name).count());
    transaction.oncomplete = () => resolve(counts.reduce((sum, { result }) => sum + result, 0));
    transaction.onabort = () => reject(transaction.error);
  });

const databases = async (): Promise<IDBDatabase[]> =>
  Promise.all((await indexedDB.databases()).map(({ name = '' }) => opened(name)));

const patienceMs = 30_000;

/**
 * Calls in one task, then waits until as many rows more are on disk. A count is a transaction like any other, so it is
 * answered after the writes before it: no timer decides how fine the answer is.
 */
const burst = async (calls: number): Promise<{ syncMs: number; durableMs: number }> => {
  const connections = await databases();
  const rows = async () => (await Promise.all(connections.map(rowsOf))).reduce((sum, count) => sum + count, 0);
  const before = await rows();
  await inNextTask();
  const from = performance.now();
  for (let i = 0; i < calls; i++) action(nameOf(i));
  const syncMs = performance.now() - from;
  for (let found = 0; found < before + calls; found = await rows()) {
    if (performance.now() - from > patienceMs)
      throw new Error(`${found - before} of ${calls} rows after ${patienceMs} ms`);
    await inNextTask();
  }
  const durableMs = performance.now() - from;
  for (const db of connections) db.close();
  return { syncMs, durableMs };
};

/** When one event was made, on the clock that all processes of this machine share. */
const once = (name: string): number => {
  const at = performance.timeOrigin + performance.now();
  action(name);
  return at;
};

const many = (calls: number): void => {
  for (let i = 0; i < calls; i++) action(nameOf(i));
};

/** Until a database stands: the first one of a profile takes its time. */
const settled = async (): Promise<void> => {
  while ((await indexedDB.databases()).length === 0) await inNextTask();
  await new Promise((resolve) => setTimeout(resolve, 300));
};

/** Tasks over 50 ms since the script was handed over. */
const longTasksSeen = (): number => longTasks;

export const inPage = { load, singles, burst, once, many, settled, longTasksSeen };
Object.assign(window, { bench: inPage });
