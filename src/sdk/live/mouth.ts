/**
 * The two ways to speak with the collector: a socket, and questions over HTTP for a browser that has none or never gets one
 * through. Each says that it opened, what it heard and that it is gone; neither knows what a message means.
 */
import type { Message } from '../../wire/protocol.ts';
import { parseJson, stringify } from '../json.ts';

/** Milliseconds between two looks where nothing is pushed. */
const POLL = 15_000;

/** Close code of RFC 6455. */
const POLICY = 1008;

export interface Ears {
  /** It may be spoken to. Over HTTP: again, every now and then. */
  open(): void;
  hear(value: unknown): void;
  /** @param unwanted the collector ended it by a rule: too many pages of one customer, too many messages */
  gone(unwanted?: boolean): void;
}

export interface Mouth {
  say(message: Message): void;
  close(): void;
}

/** @param address `https://collector`, or a path of the page's own origin */
export const openSocket = (root: Window & typeof globalThis, address: string, { open, hear, gone }: Ears): Mouth => {
  const url = new URL(`${address}/ws`, root.location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  let socket: WebSocket;
  try {
    socket = new root.WebSocket(url);
  } catch {
    setTimeout(gone); // forbidden by the page's own policy, or by the browser on a mixed page: one that never opens
    return { say: () => {}, close: () => {} };
  }
  socket.onopen = open;
  socket.onmessage = ({ data }) => hear(parseJson(data));
  socket.onclose = ({ code }) => gone(code === POLICY);
  return {
    say: (message) => socket.send(stringify(message)),
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
          body: stringify({ ...credentials(), ...message }),
          credentials: 'omit',
          referrerPolicy: 'origin',
        })
        .then(async (response) => {
          const { pending, code, message: why, ...answer } = Object(parseJson(await response.text()));
          const { uuid } = message;
          // A refusal of the whole request is an answer too; a proxy's page is none.
          if (code) hear({ cid: 0, uuid, errCode: response.status, errMsg: `${code}: ${why}` });
          else if (typeof answer.errCode === 'number') hear({ ...answer, uuid });
          else gone();
          for (const push of Array.isArray(pending) ? pending : []) hear(push);
        })
        .catch(() => gone()),
    close: () => clearInterval(timer),
  };
};
