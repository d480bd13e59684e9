/**
 * Windows as a handshake sees them: who is around whom, and what was posted where, for which origin. Nothing else of a
 * window is there, so nothing else can be used. What is said over ports goes over real ones.
 */
import { answerHellos, createKnocking, type HostSide, type WindowMessage } from '../../src/bridge/handshake.ts';
import { messagePort } from '../../src/bridge/message-port.ts';
import type { GuestMessage, HostMessage } from '../../src/bridge/messages.ts';
import { delivered } from './turns.ts';

export const PAGE = 'https://operator.example';
export const PLATFORM = 'https://platform.example';
export const HELLO = '_smartico:hello';

interface Posted {
  data: unknown;
  target: string;
  ports: MessagePort[];
}
export type FakeWindow = Window & {
  posted: Posted[];
  /** Whatever window it comes from, the browser says who it is and where from. */
  receives(message: Partial<WindowMessage>): void;
};

/** @param parent none for a top window; `null` for one whose frame was taken away */
export const fakeWindow = (parent?: Window | null): FakeWindow => {
  const listeners = new Set<(message: Partial<WindowMessage>) => void>();
  const posted: Posted[] = [];
  const window = {
    posted,
    postMessage: (data: unknown, target: string, ports: MessagePort[] = []) =>
      void posted.push({ data, target, ports }),
    addEventListener: (_type: string, listener: (message: Partial<WindowMessage>) => void) => listeners.add(listener),
    removeEventListener: (_type: string, listener: (message: Partial<WindowMessage>) => void) =>
      listeners.delete(listener),
    receives(message: Partial<WindowMessage>) {
      for (const listener of [...listeners]) listener({ ports: [], ...message });
    },
  } as unknown as FakeWindow;
  Object.assign(window, { parent: parent === undefined ? window : parent });
  return window;
};

interface Serving {
  origin: string;
  heard: GuestMessage[];
  closed: boolean;
  cut(): void;
}

/** An operator's page that answers frames of one platform. */
export const hostPage = (admits: HostSide['admits'] = (origin) => origin === PLATFORM) => {
  const root = fakeWindow();
  const refused: string[] = [];
  const serving: Serving[] = [];
  let nonces = 0;
  const side: HostSide = {
    root,
    channel: '_smartico',
    admits,
    refused: (origin) => void refused.push(origin),
    random: () => `nonce-${++nonces}`,
    serve(_send, origin, cut) {
      const one: Serving = { origin, heard: [], closed: false, cut };
      serving.push(one);
      return {
        heard: (message) => void one.heard.push(message),
        close() {
          one.closed = true;
        },
      };
    },
  };
  const hears = answerHellos(side);
  return {
    root,
    refused,
    serving,
    hears,
    hello: (source: Window | null, origin = PLATFORM) => hears({ data: HELLO, source, origin, ports: [] }),
  };
};

/** A document of a framed platform that takes the port of an answer, and says what it is told to. */
export const documentBehind = ({ data, ports }: Posted) => {
  const port = messagePort(ports[0] as MessagePort);
  const heard: HostMessage[] = [];
  const document = {
    heard,
    /** A busy document answers nothing. */
    busy: false,
    say: (message: GuestMessage) => port.send(JSON.stringify(message)),
    sayNonce: () => document.say({ type: 'nonce', nonce: (data as { nonce: string }).nonce }),
    close: port.close,
  };
  port.listen((text) => {
    const message = JSON.parse(text);
    heard.push(message);
    if (message.type === 'ping' && !document.busy) document.say({ type: 'alive' });
  });
  return document;
};

/** A page, and the document in one frame of it that knocked, was answered, and said the nonce. */
export const connectedFrame = async () => {
  const page = hostPage();
  const frame = fakeWindow(page.root);
  await page.hello(frame);
  const first = documentBehind(frame.posted[0]!);
  first.sayNonce();
  await delivered();
  return { ...page, frame, first };
};

/** A framed platform that looks for a host of one origin. */
export const guestFrame = (door: Window = fakeWindow(), admits: HostSide['admits'] = (origin) => origin === PAGE) => {
  const root = fakeWindow(door);
  const refused: string[] = [];
  const malformed: number[] = [];
  const lines: { heard: string[] }[] = [];
  const knock = createKnocking({
    root,
    channel: '_smartico',
    doors: () => [door],
    admits,
    refused: (origin) => void refused.push(origin),
    malformed: (ports) => void malformed.push(ports),
    connected(port) {
      const heard: string[] = [];
      port.listen((text) => void heard.push(text));
      port.send('what waited');
      lines.push({ heard });
    },
  });
  return { root, door: door as FakeWindow, refused, malformed, lines, knock };
};
