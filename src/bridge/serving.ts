/**
 * The host's side of calls: an allow-list of methods with what each takes, and nothing else of the host within reach. Owns
 * the order of calls, the pace at which they run, and what became of each. Knows no product.
 */
import type { Served } from './handshake.ts';
import { type CallMessage, CREDIT, earOf } from './messages.ts';
import type { Port } from './port.ts';

/** Milliseconds that calls may take of the host's page before it gets to breathe, and how long. */
const SLICE = 8;
const BREATH = 8;

/** What an argument may be: `text` is a string or a number, `object` is no list. A `?` lets it be left out. */
type Kind = 'text' | 'flag' | 'object' | 'function' | 'anything';
export type Takes = readonly (Kind | `${Kind}?`)[];

/** A function that stayed with the guest: called here, it is called there. */
export interface Ear {
  (...args: unknown[]): void;
  /** It is not called any more. To be said as often as it was handed over: then neither side knows it. */
  release(): void;
}

export interface Method {
  takes: Takes;
  run(...args: never[]): unknown;
}
/** A `Map`: a name that every object has (`constructor`, `__proto__`) is no method. */
export type Methods = ReadonlyMap<string, Method>;

const isKind: { [kind in Kind]: (value: unknown) => boolean } = {
  text: (value) => typeof value === 'string' || typeof value === 'number',
  flag: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  function: (value) => typeof value === 'function',
  anything: () => true,
};
/** The arguments that a method takes, and no more of them. Throws for the first that does not fit. */
const fitting = (method: string, takes: Takes, args: unknown[]): unknown[] =>
  takes.map((kind, place) => {
    const value = args[place];
    // JSON writes `null` for what was left out.
    if ((value === undefined || value === null) && kind.endsWith('?')) return undefined;
    if (isKind[kind.replace('?', '') as Kind](value)) return value;
    throw new Error(`${method}: argument ${place + 1} must be ${kind}`);
  });

export interface ServingNeeds {
  methods: Methods;
  send: Port['send'];
  stringify(value: unknown): string;
  /** Milliseconds; any start. */
  now(): number;
  /** Runs a call, up to its first promise. */
  around<T>(run: () => T): T;
  /** The guest sent more than its credit: these calls are not done. */
  flooded(calls: CallMessage[]): void;
}

export interface Serving extends Served {
  /** Does what waits at once: the page is leaving. */
  finish(): void;
  news(news: unknown): void;
}

export const serveCalls = ({ methods, send, stringify, now, around, flooded }: ServingNeeds): Serving => {
  let backlog: CallMessage[] = [];
  let breathing: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds of the page that calls took since it last could breathe, and when they last did. */
  let spent = 0;
  let worked = 0;
  let taken = 0;
  let told: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  const ears = new Map<number, Ear & { times: number }>();

  const say = (message: object) => {
    if (!closed) send(stringify(message));
  };
  const newEar = (ear: number) => {
    const hear: Ear & { times: number } = Object.assign((...args: unknown[]) => say({ type: 'heard', ear, args }), {
      times: 0,
      release() {
        if (!--hear.times) ears.delete(ear);
        say({ type: 'released', ear });
      },
    });
    return hear;
  };
  const earFor = (ear: number): Ear => {
    const one = ears.get(ear) ?? newEar(ear);
    one.times++;
    ears.set(ear, one);
    return one;
  };
  const heardOr = (value: unknown): unknown => {
    const ear = earOf(value);
    return ear ? earFor(ear) : value;
  };
  /** The arguments with the guest's functions in their places: among them, and in objects of options. */
  const revived = (args: unknown[]): unknown[] =>
    args.map((arg) =>
      typeof arg === 'object' && arg && !Array.isArray(arg)
        ? Object.fromEntries(Object.entries(arg).map(([name, value]) => [name, heardOr(value)]))
        : heardOr(arg),
    );
  const refuse = (id: number, cause: unknown) => {
    const { code = 'bad_argument', message } = Object(cause) as { code?: string; message?: string };
    say({ type: 'refusal', id, code: `${code}`, message: `${message ?? cause}`.replace(`${code}: `, '') });
  };
  const run = async (call: CallMessage) => {
    const { id, method, asks } = call;
    try {
      const served = methods.get(method);
      if (!served) throw Object.assign(new Error(method), { code: 'unknown_method' });
      const args = fitting(method, served.takes, revived(call.args));
      const outcome = around(() => served.run(...(args as never[])));
      if (asks) say({ type: 'answer', id, value: await outcome });
      else await outcome;
    } catch (cause) {
      refuse(id, cause);
    }
  };
  /** One word for all calls of this moment: the guest forgets what it hears of. */
  const acknowledge = () => {
    told = undefined;
    say({ type: 'taken', id: taken });
  };
  const one = (call: CallMessage) => {
    // Runs up to its first promise: what is to be kept is kept when this returns.
    void run(call);
    taken = call.id;
    told ??= setTimeout(acknowledge);
  };
  const work = () => {
    breathing = undefined;
    if (now() - worked > BREATH) spent = 0;
    while (backlog.length && spent < SLICE) {
      const start = now();
      one(backlog.shift() as CallMessage);
      worked = now();
      spent += worked - start;
    }
    if (spent < SLICE) return;
    spent = 0;
    breathing = setTimeout(work, BREATH);
  };
  const close = () => {
    closed = true;
    backlog = [];
    clearTimeout(breathing);
    clearTimeout(told);
  };

  const finish = () => {
    for (const call of backlog.splice(0)) one(call);
  };

  return {
    heard(message) {
      // The document is leaving; what the next one calls comes after this.
      if (message.type === 'bye') finish();
      if (message.type !== 'call' || closed) return;
      backlog.push(message);
      const calls = backlog;
      if (calls.length > CREDIT) {
        close();
        flooded(calls);
      } else if (breathing === undefined) work();
    },
    finish,
    news: (news) => say({ type: 'news', news }),
    close,
  };
};
