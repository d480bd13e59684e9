/**
 * The two ways to speak with the collector: a socket, and questions over HTTP for a browser that has none or never gets one
 * through. Each says that it opened, what it heard and that it is gone; neither knows what a message means.
 */
import type { Message } from '../../wire/protocol.ts';
import { parseJson } from '../json.ts';

/** Milliseconds between two looks where nothing is pushed. */
const POLL = 15_000;

export interface Ears {
  /** It may be spoken to. Over HTTP: again, every now and then. */
  open(): void;
  hear(value: unknown): void;
  gone(): void;
}

export interface Mouth {
  say(message: Message): void;
  close(): void;
}

/** @param address `https://collector`, or a path of the page's own origin */
export const openSocket = (root: Window & typeof globalThis, address: string, { open, hear, gone }: Ears): Mouth => {
  const url = new URL(`${address}/ws`, root.location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new root.WebSocket(url);
  socket.onopen = open;
  socket.onmessage = ({ data }) => hear(parseJson(data));
  socket.onclose = gone;
  return {
    say: (message) => socket.send(JSON.stringify(message)),
    close() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    },
  };
};

/** @param credentials who asks: `api_key`, `brand_key`, `ext_user_id`, `hash`, `device_id` */
export const openHttp = (
  root: Window & typeof globalThis,
  address: string,
  { open, hear, gone }: Ears,
  credentials: () => object,
): Mouth => {
  const look = () => {
    if (root.document.visibilityState !== 'hidden') open();
  };
  const timer = setInterval(look, POLL);
  setTimeout(open);
  return {
    say: (message) =>
      void root
        .fetch(`${address}/s2s-api`, {
          method: 'POST',
          // A string's own type, text/plain: no preflight.
          body: JSON.stringify({ ...credentials(), ...message }),
          credentials: 'omit',
          referrerPolicy: 'origin',
        })
        .then((response) => response.text())
        .then((text) => {
          const { pending, code, message: why, ...answer } = Object(parseJson(text));
          // A refusal of the whole request is an answer too.
          hear({ errCode: code && 400, errMsg: `${code}: ${why}`, cid: 0, ...answer, uuid: message.uuid });
          for (const push of Array.isArray(pending) ? pending : []) hear(push);
        })
        .catch(gone),
    close: () => clearInterval(timer),
  };
};
