/**
 * How a host and a guest come to share a port.
 *
 * What it has to withstand:
 *  1. Any window can post anything to any other. So a hello carries nothing, and decides nothing but who is looked at.
 *  2. Whoever may not call learns nothing: a window that is no frame of the host's page (a popup, the opener), and a frame
 *     of an origin that the host does not list, get no answer. `null`, the origin of every sandbox, is nobody's.
 *  3. Both sides pin both: the window that spoke and its exact origin, as the browser tells them. A guest answers no host
 *     that it does not list: the page around it could be anybody's, and a port lets the host hear what the platform does.
 *  4. A document may leave while it is answered, and another one be there when the answer arrives: the answer goes to the
 *     pinned origin only, and the port is worth nothing before the nonce came back over it.
 *  5. A hello can be said again by any other script of the frame. While the document that has the port is alive, that is
 *     ignored; the host asks it over the port. (Waiting for the frame element's `load` instead would leave a frame without
 *     a line that navigates before it has loaded, and every frame that the page cannot see: nested, or in a shadow root.)
 *     One that is only busy cannot say so: no hello closes its line, the next document's nonce does.
 *  6. An answer with no port or with two is none of ours: its ports are closed.
 *  7. Either side may be there first, and either may come back: from the back-forward cache, or as the next document.
 *
 * Its steps:
 *  1. guest -> the windows around it, any origin: hello. Again and again, ever more slowly, until it is answered.
 *  2. host -> guest, exact origin: a nonce, and one end of a new channel.
 *  3. guest -> host, over the port: the nonce.
 *  4. From here on everything goes over the port, and neither side reads window messages for anything but steps 1 and 2.
 *  5. guest -> host, over the port, when its document leaves: bye. The next hello is answered at once.
 */
import { messagePort } from './message-port.ts';
import { type GuestMessage, readGuest } from './messages.ts';
import type { Port } from './port.ts';

/** Milliseconds after which a document that says nothing is taken for gone. */
const SILENCE = 1_000;
/** The origin of whatever has none: every sandbox, every file. */
const NOBODY = 'null';
/** Answers to one window that may be under way: those of forty seconds of knocking. A guest takes the first that it finds. */
const OFFERS = 20;
const FIRST_KNOCK = 50;
const LAST_KNOCK = 3_000;

const helloOf = (channel: string): string => `${channel}:hello`;
export const isHello = (data: unknown, channel: string): boolean => data === helloOf(channel);

export type WindowMessage = Pick<MessageEvent, 'data' | 'origin' | 'source' | 'ports'>;

/** What a host makes of a line to a guest. */
export interface Served {
  heard(message: GuestMessage): void;
  close(): void;
}

export interface HostSide {
  root: Window;
  /** Both sides' word for this bridge: several can share a page. */
  channel: string;
  /** Whether frames of this origin may call. Not asked about `null`. */
  admits(origin: string): boolean;
  /** A frame knocked that may not. */
  refused(origin: string): void;
  random(): string;
  /** @param cut ends the line for good: this window is not answered any more */
  serve(send: Port['send'], origin: string, cut: () => void): Served;
}

interface Line {
  /** Whether the document at the other end still answers; a line that was cut counts as one, and no hello brings another. */
  alive(): Promise<boolean>;
  close(): void;
}

/** A frame of this page, however deep; or the page itself, which needs no leave. */
const isFrameOf = (page: Window, source: Window): boolean => {
  for (let one = source; one; one = one.parent) {
    if (one === page) return true;
    if (one === one.parent) return false;
  }
  return false;
};

const openLine = (port: Port, nonce: string, serve: (cut: () => void) => Served): Line => {
  let served: Served | undefined;
  let state: 'open' | 'left' | 'cut' = 'open';
  let spoke = (): void => {};
  const end = (as: 'left' | 'cut') => {
    state = as;
    port.close();
    served?.close();
  };
  port.listen((text) => {
    const message = readGuest(text);
    if (!message) return;
    if (!served) {
      if (message.type !== 'nonce' || message.nonce !== nonce) return end('left');
      served = serve(() => end('cut'));
    }
    if (message.type === 'bye') state = 'left';
    // Nothing else brings it back: a document that leaves may say more than farewell.
    else if (message.type === 'alive') state = 'open';
    spoke();
    served.heard(message);
  });
  return {
    alive: () =>
      new Promise((resolve) => {
        if (state !== 'open') return resolve(state === 'cut');
        spoke = () => resolve(state === 'open');
        setTimeout(resolve, SILENCE, false);
        port.send('{"type":"ping"}');
      }),
    close: () => end('left'),
  };
};

/** What there is between the page and one window. */
interface Guest {
  /** The line over which the nonce came back. */
  line?: Line;
  /** Those over which it has not, oldest first: a window that knocked often is answered often, and takes one. */
  offers: Line[];
  /** Its last document is being asked whether it is there. */
  asked: boolean;
}

/** @returns hears the page's window messages; all but hellos pass it by */
export const answerHellos = ({ root, channel, admits, refused, random, serve }: HostSide) => {
  const guests = new Map<Window, Guest>();
  /** Frames that were taken away: nothing of theirs is kept. */
  const forgetGone = () => {
    for (const [window, { line, offers }] of guests) {
      if (!window.closed) continue;
      guests.delete(window);
      // What their documents said as they left may be on its way.
      for (const one of [line, ...offers]) setTimeout(() => one?.close(), SILENCE);
    }
  };
  return async ({ data, source, origin }: WindowMessage): Promise<void> => {
    if (!isHello(data, channel) || !source) return;
    const window = source as Window;
    if (!isFrameOf(root, window)) return;
    if (origin === NOBODY || !admits(origin)) return refused(origin);
    forgetGone();
    const guest: Guest = guests.get(window) ?? { offers: [], asked: false };
    if (guest.asked) return;
    guests.set(window, guest);
    guest.asked = true;
    const there = await guest.line?.alive();
    guest.asked = false;
    if (there) return;
    const { port1, port2 } = new MessageChannel();
    const port = messagePort(port1);
    const nonce = random();
    const line = openLine(port, nonce, (cut) => {
      guest.line?.close();
      guest.line = line;
      for (const other of guest.offers) if (other !== line) other.close();
      guest.offers = [];
      return serve(port.send, origin, cut);
    });
    guest.offers.push(line);
    if (guest.offers.length > OFFERS) guest.offers.shift()?.close();
    window.postMessage({ welcome: channel, nonce }, origin, [port2]);
  };
};

export interface GuestSide {
  root: Window;
  channel: string;
  /** The windows around, nearest first. */
  doors(): Window[];
  /** Whether a host of this origin may hear us. Not asked about `null`. */
  admits(origin: string): boolean;
  /** A host answered that may not. */
  refused(origin: string): void;
  /** An answer came with another number of ports than one. */
  malformed(ports: number): void;
  connected(port: Port): void;
}

export const windowsAround = (root: Window): Window[] => {
  const all: Window[] = [];
  for (let one: Window = root; one !== one.parent; one = one.parent) all.push(one.parent);
  return all;
};

/** @returns knocks until a host has answered; what it hears after that is no answer to it, since no hello closes a line */
export const createKnocking = ({ root, channel, doors, admits, refused, malformed, connected }: GuestSide) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const knock = (wait: number) => {
    // Anybody may hear it: it says nothing.
    for (const door of doors()) door.postMessage(helloOf(channel), '*');
    clearTimeout(timer);
    timer = setTimeout(knock, wait, Math.min(wait * 2, LAST_KNOCK));
  };
  const hear = ({ data, source, origin, ports }: WindowMessage) => {
    if (Object(data).welcome !== channel || !doors().includes(source as Window)) return;
    const [end] = ports;
    if (origin === NOBODY || !admits(origin)) refused(origin);
    else if (!end || ports.length > 1) malformed(ports.length);
    else {
      clearTimeout(timer);
      root.removeEventListener('message', hear);
      const port = messagePort(end);
      port.send(JSON.stringify({ type: 'nonce', nonce: `${data.nonce}` }));
      return connected(port);
    }
    for (const port of ports) port.close();
  };
  return (): void => {
    root.addEventListener('message', hear);
    knock(FIRST_KNOCK);
  };
};
