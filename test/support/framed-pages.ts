/**
 * An operator's page and the platform that it frames, in one process: the real SDK on both sides, real ports between them,
 * and windows (happy-dom) that know who is around whom. The frame navigates as frames do: same window, next document.
 */
import { Window } from 'happy-dom';
import * as framesRoom from '../../src/sdk/frames/room.ts';
import { createInframe } from '../../src/sdk/inframe/guest.ts';
import type { ScriptTag } from '../../src/sdk/options.ts';
import { type Platform, textStore } from '../../src/sdk/platform.ts';
import type { Rooms } from '../../src/sdk/rooms.ts';
import type { Stub } from '../../src/sdk/stub-calls.ts';
import type { Device, Page } from './sdk-platform.ts';

export const HOST = 'https://op.example';
export const PLATFORM = 'https://platform.example';
export const LABEL = 'label-of-the-page';

/** The rooms of a page whose frames find theirs at once; nothing else is fetched. */
export const withFrames: Rooms = {
  load: (room) => (room === 'frames' ? Promise.resolve(framesRoom as never) : new Promise(() => {})),
  scriptUrl: (address) => address,
};

/** What `smartico.js` is loaded with by a page that lets the platform's frame call. */
export const hostTag: ScriptTag = { src: 'https://events.op.example/smartico.js', frames: PLATFORM };

export const openHost = (device: Device, extra: Parameters<Device['load']>[0] = {}) =>
  device.load({ rooms: withFrames, script: hostTag, ...extra });

type Root = Platform['root'];
interface Said {
  data: unknown;
  source: unknown;
  origin: string;
  ports?: readonly MessagePort[];
}
const hears = (root: Root, said: Said): void =>
  void root.dispatchEvent(Object.assign(new root.Event('message'), { ports: [], ...said }) as unknown as Event);

export interface Document {
  smartico: ReturnType<typeof createInframe>;
  root: Root;
  /** What the platform's developer reads in the console. */
  console: string[];
  /** The document leaves: resolves when it is gone, and the next one of the frame may come. */
  leave(): Promise<void>;
  /** Addresses of hosts that it fetched into its own window. */
  loaded: string[];
}

export interface DocumentParts {
  script?: ScriptTag;
  stub?: Stub;
  /** What an earlier document left in the origin's lasting storage. */
  local?: Platform['local'];
  /** Globals of the document. */
  before?: object;
}

/** One frame of a page. What it keeps for the tab, its next document finds. */
export const frameIn = (host: Pick<Page, 'root'>, origin = PLATFORM) => {
  const session = textStore(() => undefined);
  let current: Root | undefined;
  let ids = 0;
  const around: Pick<Window, 'postMessage'> & { parent?: unknown } = {
    postMessage: (data: unknown) => void queueMicrotask(() => hears(host.root, { data, source: frame, origin })),
  };
  around.parent = around;
  /** The frame as its page sees it: the same for every document. */
  const frame = {
    parent: host.root,
    postMessage(data: unknown, target: string, ports: MessagePort[]) {
      const document = current;
      queueMicrotask(() => {
        // The browser delivers to the pinned origin only.
        if (document && target === document.location.origin)
          hears(document, { data, source: around, origin: HOST, ports });
      });
    },
  };
  const open = ({
    script = {},
    stub = {},
    local = textStore(() => undefined),
    before = {},
  }: DocumentParts = {}): Document => {
    const window = new Window({ url: `${origin}/` });
    const root = window as unknown as Root;
    const console: string[] = [];
    root.console.error = (...words: unknown[]) => void console.push(words.join(' ').trim());
    Object.defineProperty(root, 'parent', { value: around });
    Object.defineProperty(root, 'origin', { value: origin });
    Object.assign(root, before);
    current = root;
    const loaded: string[] = [];
    const smartico = createInframe(
      { root, now: () => Date.now(), random: () => `${++ids}`.padStart(12, 'f'), session, local },
      '_smartico',
      { src: 'https://events.op.example/smartico_inframe.js', hosts: HOST, ...script },
      stub,
      () => void loaded.push('smartico.js'),
    );
    return {
      smartico,
      root,
      console,
      loaded,
      async leave() {
        root.dispatchEvent(new root.Event('pagehide') as never);
        for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      },
    };
  };
  return { open, session, window: frame };
};

/** The line stands; the page has done what the frame called before, and the frame has heard what the page said of itself. */
export const met = async ({ smartico }: Pick<Document, 'smartico'>): Promise<void> => {
  await smartico.losses();
  // What the page tells without being asked it tells on the next tick; what the frame kept it sends when it is told.
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve));
    await smartico.losses();
  }
};
