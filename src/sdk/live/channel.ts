/**
 * The line to the collector about one user. Owns requests, their answers and their time, and that a broken line is opened
 * again; who is greeted, and what a push means, are not its matter. A page that is put away closes it: an open socket
 * costs a page its place in the back-forward cache.
 */
import { parseMessage } from '../../wire/parse-message.ts';
import { type Answer, cids, type Message, type Push } from '../../wire/protocol.ts';
import { type SmarticoError, smarticoError } from '../notice.ts';
import { backoff } from '../transport/backoff.ts';
import type { Ask, LiveCondition } from './live.ts';
import type { Ears, Mouth } from './mouth.ts';

/** Milliseconds for an answer, and of silence before we ask whether anybody is there (published: 29 s). */
const PATIENCE = 10_000;
const SILENCE = 29_000;
/** Milliseconds for a page that the collector did not want. */
const UNWANTED = 300_000;
/** Sockets that may fail before any got an answer through; then HTTP takes over. */
const TRIES = 3;

export interface ChannelNeeds {
  now(): number;
  random(): string;
  openSocket: ((ears: Ears) => Mouth) | undefined;
  openHttp(ears: Ears): Mouth;
  /** The line is open: greets. `again`: a failure that another try may mend. */
  greet(): Promise<'ready' | 'again' | 'refused'>;
  onPush(push: Push): void;
}

export interface Channel {
  /** Asks once the greeting is over. */
  ask: Ask;
  /** Asks at once; for the greeting itself. */
  exchange: Ask;
  /** Opens it, or greets again where it is open: somebody who was a visitor has a name now. */
  open(): void;
  close(): void;
  /** The network is back, or the page: what waits for another try tries now. */
  hurry(): void;
  state(): LiveCondition['line'];
}

export interface Refused extends SmarticoError {
  errCode: number;
}
const refused = ({ errCode, errMsg }: Answer): Refused =>
  Object.assign(smarticoError('identify_refused', `${errMsg}`), { message: `${errMsg}`, errCode });

export const createChannel = ({ now, random, openSocket, openHttp, greet, onPush }: ChannelNeeds): Channel => {
  let line:
    | { at: 'closed' }
    | { at: 'waiting'; timer: ReturnType<typeof setTimeout> }
    | { at: 'open'; speak: typeof openHttp; mouth: Mouth; greeted: boolean } = { at: 'closed' };
  let failures = 0;
  /** A socket got an answer through: this network lets them. */
  let answered = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  /** Questions that wait for the greeting, of this line or of one that takes its place. */
  const waiting = new Set<() => void>();
  const asked = new Map<string, (answer: Answer) => void>();

  const timed = <T>(about: string, work: (resolve: (value: T) => void, reject: (cause: unknown) => void) => void) =>
    new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => reject(smarticoError('channel_timeout', about)), PATIENCE);
      const settle =
        <V>(done: (value: V) => void) =>
        (value: V) => {
          clearTimeout(timer);
          done(value);
        };
      work(settle(resolve), settle(reject));
    });
  const exchange: Ask = (cid, fields) => {
    const uuid = random();
    return timed<Answer>(`${cid}`, (resolve, reject) => {
      asked.set(uuid, (answer) => (answer.errCode ? reject(refused(answer)) : resolve(answer)));
      if (line.at === 'open') line.mouth.say({ ...fields, cid, uuid, ts: now() });
    }).finally(() => asked.delete(uuid));
  };

  const hear = (value: unknown) => {
    const parsed = parseMessage(value);
    // Not of this protocol: it concerns nobody here, and the line goes on.
    if (!parsed.ok || line.at !== 'open') return;
    listen();
    const { message } = parsed;
    const waits = asked.get(`${message.uuid}`);
    if (waits) waits(message as Message & Answer);
    else if (message.cid === cids.ping) line.mouth.say({ ...message, cid: cids.pong });
    else onPush(message as unknown as Push);
  };
  const listen = () => {
    clearTimeout(silence);
    const listened = line;
    silence = setTimeout(() => exchange(cids.ping).catch(() => line === listened && again()), SILENCE);
  };
  const leave = () => {
    clearTimeout(silence);
    if (line.at === 'waiting') clearTimeout(line.timer);
    if (line.at === 'open') line.mouth.close();
    line = { at: 'closed' };
  };
  const again = (unwanted = false) => {
    if (line.at === 'closed') return;
    leave();
    // Pages that push one another out would do so for ever: the one that is looked at comes back (`hurry`).
    const wait = unwanted ? UNWANTED : backoff(++failures, Math.random());
    line = { at: 'waiting', timer: setTimeout(connect, wait) };
  };
  const meet = async () => {
    const met = line;
    const outcome = await greet();
    if (line !== met || line.at !== 'open') return;
    if (outcome === 'again') return again();
    if (outcome === 'refused') return leave();
    failures = 0;
    answered ||= line.speak === openSocket;
    line.greeted = true;
    for (const go of waiting) go();
    waiting.clear();
  };
  const connect = () => {
    const speak = openSocket && (answered || failures < TRIES) ? openSocket : openHttp;
    // A socket that opens and is not answered is no better than one that does not open: the greeting has its own time.
    const mouth: Mouth = speak({
      open() {
        if (line !== mine) return;
        listen();
        void meet();
      },
      hear: (value) => line === mine && hear(value),
      gone: (unwanted) => line === mine && again(unwanted),
    });
    const mine = { at: 'open' as const, speak, mouth, greeted: false };
    line = mine;
    // Some networks swallow the handshake and say nothing.
    silence = setTimeout(() => again(), PATIENCE);
  };

  return {
    exchange,
    ask: (cid, fields) =>
      timed<void>(`${cid}`, (resolve) => (line.at === 'open' && line.greeted ? resolve() : waiting.add(resolve))).then(
        () => exchange(cid, fields),
      ),
    open() {
      if (line.at === 'closed') connect();
      else if (line.at === 'open' && line.greeted) {
        line.greeted = false;
        void meet();
      }
    },
    close() {
      // Whoever is greeted next may be somebody else: what was asked before is not theirs.
      waiting.clear();
      leave();
    },
    hurry() {
      if (line.at !== 'waiting') return;
      leave();
      connect();
    },
    state: () => (line.at === 'open' && !line.greeted ? 'greeting' : line.at),
  };
};
