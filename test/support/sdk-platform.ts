/** Pages of one device: real windows (happy-dom) that share what tabs of an origin share, and a collector in the place of the network. */
import { Window } from 'happy-dom';
import { createSmartico } from '../../src/sdk/index.ts';
import type { ScriptTag } from '../../src/sdk/options.ts';
import { type Platform, textStore } from '../../src/sdk/platform.ts';
import type { Rooms } from '../../src/sdk/rooms.ts';
import type { Stub } from '../../src/sdk/stub-calls.ts';
import { freshIndexedDb } from './indexeddb.ts';
import { fakeLocks } from './locks.ts';
import { type ScriptedCollector, scriptedCollector } from './scripted-collector.ts';

// The build puts the package's version here.
Object.assign(globalThis, { VERSION: '0.0.0-test', ROOMS: {} });

export const SITE = 'https://op.example/';
const SCRIPT: ScriptTag = { src: 'https://events.op.example/smartico.js' };

/** The core alone: nothing is fetched. */
export const coreAlone: Rooms = {
  load: () => new Promise(() => {}),
  scriptUrl: (address) => address,
};

export interface Tab {
  session: Platform['session'];
}
export const newTab = (): Tab => ({ session: textStore(() => undefined) });

export interface Page {
  platform: Platform;
  root: Platform['root'];
  /** What the developer reads in the console. */
  console: string[];
  close(): Promise<void>;
}

export const device = () => {
  freshIndexedDb();
  // A plain object: happy-dom's own storage refuses to delete a key that it does not have.
  const disk: Storage = Object.create(null);
  const locks = fakeLocks();
  const clock = { ahead: 0 };
  const pages: Page[] = [];
  const channels: BroadcastChannel[] = [];
  // Channels are the process's own: a name of its own keeps devices apart.
  const origin = `origin-${Math.random()}`;
  let ids = 0;

  const openPage = (url = SITE, tab = newTab()): Page => {
    const window = new Window({ url });
    const root = window as unknown as Platform['root'];
    Object.defineProperty(root, 'origin', { value: new URL(url).origin });
    const told: string[] = [];
    root.console.error = (...words: unknown[]) => void told.push(words.join(' ').trim());
    const platform: Platform = {
      root,
      now: () => Date.now() + clock.ahead,
      random: () => `${++ids}`.padStart(12, 'r'),
      local: textStore(() => disk),
      session: tab.session,
      locks,
      openChannel() {
        const channel = new BroadcastChannel(origin);
        channels.push(channel);
        return channel;
      },
    };
    const page = { platform, root, console: told, close: () => window.happyDOM.close() };
    pages.push(page);
    return page;
  };

  return {
    clock,
    disk,
    openPage,
    /** The SDK in a page of its own, sending to this collector. */
    load: ({
      url = SITE,
      tab = newTab(),
      collector = scriptedCollector(),
      script = SCRIPT,
      stub = {},
      name = '_smartico',
      before = {},
      rooms = coreAlone,
    }: {
      url?: string;
      tab?: Tab;
      collector?: ScriptedCollector;
      script?: ScriptTag;
      stub?: Stub;
      name?: string;
      /** Globals that the page set before the script came. */
      before?: object;
      rooms?: Rooms;
    } = {}) => {
      const page = openPage(url, tab);
      page.root.fetch = collector.fetch;
      Object.assign(page.root, before);
      const smartico = createSmartico(page.platform, name, script, stub, rooms);
      return { ...page, collector, smartico };
    },
    close() {
      for (const channel of channels) channel.close();
      return Promise.all(pages.map((page) => page.close()));
    },
    /** Tabs that listen to each other now. */
    listening: () => channels.length,
  };
};
export type Device = ReturnType<typeof device>;
