/**
 * The guest's side of calls: in order, numbered, kept until the host has taken them, and never more on their way than the
 * credit allows. Owns what waits, the answers that are owed, and the functions that stayed behind. Knows no method.
 */
import { CREDIT, type Ear, type HostMessage, readHost } from './messages.ts';
import type { Port } from './port.ts';

/** Milliseconds within which a host takes a call, or there is none. */
const TAKEN_WITHIN = 10_000;
/** And answers what it has taken: it may have to ask elsewhere first. */
const ANSWERED_WITHIN = 30_000;

export interface CallError extends Error {
  code: string;
}

export interface Caller {
  /** Something to be done. Waits as long as it takes; `taken` when the host has it. Only a refusal is heard of. */
  tell(method: string, args: unknown[], taken?: () => void): void;
  /** A question. Rejects with a code: the host's, or `bridge_timeout`, and what was not on its way by then never is. */
  ask(method: string, args: unknown[]): Promise<unknown>;
  /** Another port: what the last one did not get across goes first, in order. */
  connect(port: Port): void;
  disconnect(): void;
}

export interface CallerNeeds {
  /** JSON of a message. */
  stringify(value: unknown): string;
  callError(code: string, about: string): CallError;
  /** What was told was refused. */
  refused(code: string, about: string): void;
  news(news: unknown): void;
  /** One of our functions threw. */
  threw(cause: unknown): void;
  /** The host takes nothing any more. */
  silent(): void;
}

interface Waiting {
  text: string;
  taken?: (() => void) | undefined;
}
interface Owed {
  resolve(value: unknown): void;
  reject(error: CallError): void;
  timer: ReturnType<typeof setTimeout>;
}
type Heard = (...args: unknown[]) => unknown;

export const createCaller = (needs: CallerNeeds): Caller => {
  const { stringify, callError, refused, news, threw, silent } = needs;
  let waiting = new Map<number, Waiting>();
  /** On their way: sent, and not yet taken. */
  const sent = new Map<number, Waiting>();
  const owed = new Map<number, Owed>();
  const numbers = new Map<Heard, number>();
  const ears: Heard[] = [];
  let line: Port | undefined;
  let last = 0;
  let patience: ReturnType<typeof setTimeout> | undefined;

  const numberOf = (heard: Heard): number => {
    const number = numbers.get(heard) ?? ears.push(heard);
    numbers.set(heard, number);
    return number;
  };
  /** JSON leaves functions out; their numbers go beside it. */
  const earsIn = (args: unknown[]): Ear[] =>
    args.flatMap((arg, argument): Ear[] =>
      typeof arg === 'function'
        ? [[argument, null, numberOf(arg as Heard)]]
        : Object.entries(Object(arg))
            .filter(([, value]) => typeof value === 'function')
            .map(([name, value]) => [argument, name, numberOf(value as Heard)]),
    );
  const calm = () => {
    clearTimeout(patience);
    patience = undefined;
  };
  const pump = () => {
    for (const [id, call] of waiting) {
      if (!line || sent.size >= CREDIT) break;
      waiting.delete(id);
      sent.set(id, call);
      line.send(call.text);
    }
    if (sent.size) patience ??= setTimeout(silent, TAKEN_WITHIN);
  };
  const queue = (method: string, args: unknown[], asks: boolean, taken?: () => void): number => {
    const id = last + 1;
    const text = stringify({ type: 'call', id, method, args, ears: earsIn(args), asks });
    waiting.set(id, { text, taken });
    last = id;
    pump();
    return id;
  };
  const settle = (id: number): Owed | undefined => {
    const one = owed.get(id);
    clearTimeout(one?.timer);
    owed.delete(id);
    return one;
  };
  const giveUp = (id: number, method: string) => {
    waiting.delete(id);
    settle(id)?.reject(callError('bridge_timeout', method));
  };
  const takenUpTo = (highest: number) => {
    for (const [id, { taken }] of sent)
      if (id <= highest) {
        sent.delete(id);
        taken?.();
      }
    calm();
    pump();
  };
  const refusal = (id: number, code: string, message: string) => {
    const one = settle(id);
    if (one) one.reject(callError(code, message));
    else refused(code, message);
  };
  const call = (ear: number, args: unknown[]) => {
    try {
      ears[ear - 1]?.(...args);
    } catch (cause) {
      threw(cause);
    }
  };
  const heard = (message: HostMessage): unknown => {
    switch (message.type) {
      case 'taken':
        return takenUpTo(message.id);
      case 'answer':
        return settle(message.id)?.resolve(message.value);
      case 'refusal':
        return refusal(message.id, message.code, message.message);
      case 'heard':
        return call(message.ear, message.args);
      case 'news':
        return news(message.news);
      case 'ping':
        return line?.send('{"type":"alive"}');
    }
  };
  const disconnect = () => {
    calm();
    line?.close();
    line = undefined;
  };

  return {
    tell: (method, args, done) => void queue(method, args, false, done),
    ask: (method, args) =>
      new Promise((resolve, reject) => {
        const id = queue(method, args, true, () => {
          const one = owed.get(id);
          clearTimeout(one?.timer);
          if (one) one.timer = setTimeout(giveUp, ANSWERED_WITHIN, id, method);
        });
        owed.set(id, { resolve, reject, timer: setTimeout(giveUp, TAKEN_WITHIN, id, method) });
      }),
    connect(port) {
      disconnect();
      line = port;
      waiting = new Map([...sent, ...waiting]);
      sent.clear();
      port.listen((text) => {
        const message = readHost(text);
        if (message) heard(message);
      });
      pump();
    },
    disconnect,
  };
};
