/**
 * One client's side of a socket: INIT, IDENTIFY and what follows, in the order in which it was said. Owns who the client is
 * by now and what their customer's pages are told; knows no bytes, no clock of silence and no pressure (`socket.ts` does).
 */
import { parseMessage } from '../../wire/parse-message.ts';
import { type Answer, answers, cids, type Message } from '../../wire/protocol.ts';
import type { Channel, Line } from '../channel.ts';
import { checkConsent } from '../consent.ts';
import type { CheckRate } from '../event-rates.ts';
import { answerTo, asProtocolError, ProtocolError, refusalOf } from './answer.ts';
import type { Protocol } from './protocol.ts';
import type { Speaker, Whence } from './speaker.ts';

export interface ConversationNeeds {
  protocol: Protocol;
  channel: Channel;
  checkRate: CheckRate;
  /** What nobody but the operator may know of a failure. */
  failed: (cause: unknown) => void;
}

export interface Conversation {
  /** Never rejects; everything that is to be said is written to the line. */
  hear(text: string): Promise<void>;
  /** A message that is none: too large, not text, too many. */
  refuse(problem: ProtocolError): void;
  /** Whether INIT was heard, whatever became of it. */
  hasBegun(): boolean;
  end(): void;
}

/**
 * A refused INIT is what every later message is told, until another INIT is not. `visitor` is the speaker as INIT made them:
 * who they are again once they are no user any more.
 */
type State = { at: 'new' } | { at: 'refused'; why: ProtocolError } | { at: 'open'; visitor: Speaker; speaker: Speaker };

/** The number under which a message is refused that had none. */
const NONE = { cid: answers[cids.ping] };

const read = (text: string): Message => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words quote the message, which may be private.
    throw new ProtocolError('bad_message', 'this is not JSON');
  }
  const parsed = parseMessage(value);
  if (!parsed.ok) throw new ProtocolError('bad_message', parsed.rule);
  return parsed.message;
};

/** A line on which nothing is said until it is let go, and then all of it in its order. */
const heldBack = (line: Line): Line & { letGo(): void } => {
  let waiting: string[] | undefined = [];
  return {
    write: (text) => (waiting ? waiting.push(text) > 0 : line.write(text)),
    end: line.end,
    letGo() {
      for (const text of waiting ?? []) line.write(text);
      waiting = undefined;
    },
  };
};

export const createConversation = (
  { protocol, channel, checkRate, failed }: ConversationNeeds,
  line: Line,
  whence: Whence,
): Conversation => {
  let state: State = { at: 'new' };
  let leave = (): void => {};
  let life: 'open' | 'ended' = 'open';

  const write = (answer: Answer): void => {
    line.write(JSON.stringify(answer));
  };

  /** The customer's pages are heard from now on; those of whoever spoke before are not. */
  const become = (speaker: Speaker, visitor: Speaker, on = line): void => {
    leave();
    leave = () => {};
    state = { at: 'open', visitor, speaker };
    // A client that left while it was being recognised listens no more.
    if (speaker.customer && life === 'open') leave = channel.join(speaker.label.name, speaker.customer.key, on);
  };

  /** Once refused, nobody is told anything until another INIT is not. */
  const unlessRefused = <Made>(make: () => Made): Made => {
    try {
      return make();
    } catch (cause) {
      const why = asProtocolError(cause);
      if (why && why.code !== 'rate_limited') {
        leave();
        state = { at: 'refused', why };
      }
      throw cause;
    }
  };

  const init = (message: Message): void =>
    unlessRefused(() => {
      const speaker = protocol.speaker(message, whence);
      checkRate(speaker.label, whence.address, 1);
      become(speaker, speaker);
      write(answerTo(message, protocol.settings(speaker, whence)));
    });

  const identify = async (message: Message, visitor: Speaker): Promise<void> => {
    // Whoever fails to be somebody else is not who they were before either.
    become(visitor, visitor);
    const identified = protocol.identified(visitor, message);
    // Before the state is read: what is sent meanwhile is either in it or on the line, and there after it.
    const news = heldBack(line);
    become(identified, visitor, news);
    try {
      const { fields, pending } = await protocol.customer(identified);
      write(answerTo(message, fields));
      for (const push of pending) line.write(JSON.stringify(push));
    } finally {
      news.letGo();
    }
  };

  const answer = async (message: Message): Promise<void> => {
    if (message.cid === answers[cids.ping]) return;
    if (message.cid === cids.init) return init(message);
    if (state.at === 'refused') throw state.why;
    if (message.cid === cids.ping) return write(answerTo(message, {}));
    if (state.at === 'new') throw new ProtocolError('bad_message', 'INIT (3) comes first');
    const { speaker: known, visitor } = state;
    // The label may have other rules by now, or be gone.
    const speaker = unlessRefused(() => protocol.current(known, whence));
    checkRate(speaker.label, whence.address, 1);
    checkConsent(speaker.label, whence.gpc);
    if (message.cid === cids.identify) return identify(message, { ...visitor, label: speaker.label });
    const fields = await protocol.answer(speaker, message, whence);
    if (message.cid === cids.logout) become(visitor, visitor);
    if (fields) write(answerTo(message, fields));
  };

  const refuse = (message: Pick<Message, 'cid'>, cause: unknown): void => {
    const problem = asProtocolError(cause);
    if (!problem) failed(cause);
    write(refusalOf(message, problem ?? new ProtocolError('internal', 'the collector failed; its log has the reason')));
  };

  return {
    async hear(text) {
      let message: Pick<Message, 'cid'> = NONE;
      try {
        const heard = read(text);
        message = heard;
        await answer(heard);
      } catch (cause) {
        refuse(message, cause);
      }
    },
    refuse: (problem) => refuse(NONE, problem),
    hasBegun: () => state.at !== 'new',
    end() {
      life = 'ended';
      leave();
    },
  };
};
