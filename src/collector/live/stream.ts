/**
 * Keeps one live stream open: reconnects where it left off, with growing pauses, and says how it stands.
 * Owns the connection; what a message means is for whoever listens.
 */
import type { ErrorBody } from '../../wire/event.ts';
import { createEventStream, type Message } from './event-stream.ts';

export type Connection =
  | { at: 'connecting' }
  | { at: 'open' }
  | { at: 'waiting'; seconds: number }
  | { at: 'refused'; code: string; message: string };

interface StreamNeeds {
  key: string;
  onMessage(message: Message): void;
  onConnection(connection: Connection): void;
}

/** Nearly three heartbeats of 15 s: a laptop that slept holds a socket that is dead without knowing. */
const SILENCE = 40_000;
const LONGEST_PAUSE = 15_000;

/** Full jitter, so that a hundred open views do not come back in one breath after a restart. */
const pause = (attempt: number): number => 300 + Math.random() * Math.min(LONGEST_PAUSE, 500 * 2 ** attempt);

/** Starts at once; returns the end of it. */
export const openStream = ({ key, onMessage, onConnection }: StreamNeeds): (() => void) => {
  const closed = new AbortController();
  let lastId = '';
  let attempt = 0;
  let wake = (): void => undefined;

  const listen = async (): Promise<void> => {
    const silent = new AbortController();
    let timer = setTimeout(() => silent.abort(), SILENCE);
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENCE);
    };
    try {
      const response = await fetch('/v1/live', {
        headers: {
          authorization: `Bearer ${key}`,
          accept: 'text/event-stream',
          ...(lastId && { 'last-event-id': lastId }),
        },
        cache: 'no-store',
        signal: AbortSignal.any([closed.signal, silent.signal]),
      });
      if (response.status === 401 || response.status === 403) {
        const { code, message } = (await response.json()) as ErrorBody;
        closed.abort();
        return onConnection({ at: 'refused', code, message });
      }
      if (!response.ok || !response.body) throw new Error(`The stream answered ${response.status}.`);
      onConnection({ at: 'open' });
      attempt = 0;
      const read = createEventStream((message) => {
        lastId = message.id;
        onMessage(message);
      });
      for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
        heard();
        read(piece);
      }
    } finally {
      clearTimeout(timer);
    }
  };

  const keepListening = async (): Promise<void> => {
    while (!closed.signal.aborted) {
      onConnection({ at: 'connecting' });
      // How it ended does not matter: a refused key has said so, anything else is tried again and shown as waiting.
      await listen().catch((cause: unknown) => closed.signal.aborted || console.info('The live stream ended.', cause));
      if (closed.signal.aborted) return;
      const wait = pause(attempt++);
      onConnection({ at: 'waiting', seconds: Math.ceil(wait / 1000) });
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, wait);
      });
    }
  };

  addEventListener('online', () => wake(), { signal: closed.signal });
  void keepListening();
  return () => {
    closed.abort();
    wake();
  };
};
