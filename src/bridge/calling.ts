/**
 * The guest's side of calls: in order, numbered, kept until the host has taken them, and never more on their way than the
 * credit allows. Owns what waits, the answers that are owed, and the functions that stayed behind. Knows no method.
 */
import { CREDIT, earText, type HostMessage, LONGEST, readHost } from './messages.ts';
import type { Port } from './port.ts';

/** Milliseconds within which a host takes a call, or there is none. */
const TAKEN_WITHIN = 10_000;

/**
 * `question`: rejects with `bridge_timeout` if nobody takes it in time, and is then not sent any more. `order`: waits for a
 * host as long as it takes. `delivery`: the same, and is done when the host has it; there is no answer to it.
 */
export type Kind = 'question' | 'order' | 'delivery';

export interface Caller {
  /** Rejects where the host refuses, with what `failed` makes of the reason; nobody needs to wait for it. */
  call(method: string, args: unknown[], kind: Kind): Promise<unknown>;
  /** The one port that a document has in its life: what waits goes over it, in order. */
  connect(port: Port): void;
  /** The document is leaving (what it still says is heard), or is back. */
  say(word: 'bye' | 'alive'): void;
}

export interface CallerNeeds {
  /** JSON of a message, with each function in it written as this says. */
  stringify(value: unknown, ofFunction: (heard: Heard) => string): string;
  /** A call came to nothing: what its caller rejects with. */
  failed(code: string, about: string): Error;
  news(news: unknown): void;
  /** One of our functions threw. */
  threw(cause: unknown): void;
}

type Heard = (...args: unknown[]) => unknown;

interface Owed {
  kind: Kind;
  resolve(value?: unknown): void;
  reject(error: Error): void;
  timer?: ReturnType<typeof setTimeout> | undefined;
}

export const createCaller = (needs: CallerNeeds): Caller => {
  const { stringify, failed, news, threw } = needs;
  /** Texts by the number of their call. */
  const waiting = new Map<number, string>();
  /** On their way: sent, and not yet taken. */
  const sent = new Set<number>();
  const owed = new Map<number, Owed>();
  /** Functions that the host has, with how often it was handed each. */
  const ears = new Map<number, { heard: Heard; times: number }>();
  const numbers = new Map<Heard, number>();
  let lastEar = 0;
  let line: Port | undefined;
  let last = 0;

  const numberOf = (heard: Heard): string => {
    const number = numbers.get(heard) ?? ++lastEar;
    numbers.set(heard, number);
    ears.set(number, { heard, times: (ears.get(number)?.times ?? 0) + 1 });
    return earText(number);
  };
  const say = (type: 'bye' | 'alive') => line?.send(JSON.stringify({ type }));
  const pump = () => {
    for (const [id, text] of waiting) {
      if (!line || sent.size >= CREDIT) break;
      waiting.delete(id);
      sent.add(id);
      line.send(text);
    }
  };
  const settle = (id: number): Owed | undefined => {
    const one = owed.get(id);
    clearTimeout(one?.timer);
    owed.delete(id);
    return one;
  };
  const takenUpTo = (highest: number) => {
    for (const id of sent) {
      if (id > highest) break;
      sent.delete(id);
      const one = owed.get(id);
      clearTimeout(one?.timer);
      if (one?.kind === 'delivery') settle(id)?.resolve();
    }
    pump();
  };
  const hear = (ear: number, args: unknown[]) => {
    try {
      ears.get(ear)?.heard(...args);
    } catch (cause) {
      threw(cause);
    }
  };
  const released = (ear: number) => {
    const one = ears.get(ear);
    if (!one || --one.times) return;
    ears.delete(ear);
    numbers.delete(one.heard);
  };
  const heard = (message: HostMessage): unknown => {
    switch (message.type) {
      case 'taken':
        return takenUpTo(message.id);
      case 'answer':
        return settle(message.id)?.resolve(message.value);
      case 'refusal':
        return settle(message.id)?.reject(failed(message.code, message.message));
      case 'heard':
        return hear(message.ear, message.args);
      case 'released':
        return released(message.ear);
      case 'news':
        return news(message.news);
      case 'ping':
        return say('alive');
    }
  };
  return {
    call(method, args, kind) {
      const answer = new Promise<unknown>((resolve, reject) => {
        let message: string;
        try {
          message = stringify({ type: 'call', method, args, asks: kind !== 'delivery' }, numberOf);
        } catch (cause) {
          // A getter that throws, a window of another origin: nothing that could be written down.
          return reject(failed('bad_argument', `${method}: ${cause}`));
        }
        // Numbered last: what was written down may have called, too (a getter, a `toJSON`).
        const id = ++last;
        const text = `{"id":${id},${message.slice(1)}`;
        if (text.length > LONGEST) return reject(failed('bad_argument', `${method}: over ${LONGEST} characters`));
        const giveUp = () => {
          waiting.delete(id);
          settle(id)?.reject(failed('bridge_timeout', method));
        };
        const timer = kind === 'question' ? setTimeout(giveUp, TAKEN_WITHIN) : undefined;
        owed.set(id, { kind, resolve, reject, timer });
        waiting.set(id, text);
        pump();
      });
      answer.catch(() => {}); // `failed` has told it
      return answer;
    },
    connect(port) {
      line = port;
      port.listen((text) => {
        const message = readHost(text);
        if (message) heard(message);
      });
      pump();
    },
    say,
  };
};
