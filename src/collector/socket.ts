/**
 * One WebSocket: messages in the order in which they came, one at a time; a reader that does not read, a client that does
 * not stop and one that says nothing are let go with a reason. Nobody else is harmed by any of them.
 */
import type { RawData, WebSocket } from 'ws';
import type { Line } from './channel.ts';
import { ProtocolError } from './protocol/answer.ts';
import { type ConversationNeeds, createConversation } from './protocol/conversation.ts';
import type { Whence } from './protocol/speaker.ts';
import { createRates } from './rates.ts';

export interface OpenSocket {
  /** Called every few seconds: asks a silent one, and ends one that stays silent. */
  look(now: number): void;
  end(code: number, reason: string): void;
  /** Without a word more. */
  cut(): void;
}

/** Of RFC 6455: a rule was broken. */
const POLICY = 1008;

const MOST_UNREAD_BYTES = 1024 * 1024;
/** Messages that wait for the one before them; beyond, the client's bytes stay in the network. */
const MOST_WAITING = 32;
const MESSAGES = { perSecond: 50, burst: 200 };
/** Messages above the rate that are told so, until there were none for a while; whoever goes on does not listen. */
const MOST_REFUSED = 100;
const FORGIVEN_AFTER = 10_000;
const INIT_WITHIN = 10_000;
const ASK_AFTER = 25_000;
const GONE_AFTER = 60_000;

/** @param ended called once, when the connection is no more */
export const openSocket = (
  ws: WebSocket,
  needs: ConversationNeeds,
  whence: Whence,
  now: () => number,
  ended: () => void,
): OpenSocket => {
  const began = now();
  const rates = createRates(1);
  let heard = began;
  let asked = began;
  let waiting = 0;
  let refused = 0;
  let refusedAt = began;
  let last = Promise.resolve();

  const line: Line = {
    write(text) {
      if (ws.readyState !== ws.OPEN) return false;
      ws.send(text);
      if (ws.bufferedAmount <= MOST_UNREAD_BYTES) return true;
      // What waits stays in memory, and so would the reason of an end: nobody reads it.
      ws.terminate();
      return false;
    },
    end: (code, reason) => ws.close(code, reason),
  };
  const conversation = createConversation(needs, line, whence);

  const mayBeSaid = (): boolean => {
    const at = now();
    if (rates.take('', MESSAGES, 1, at).ok) return true;
    if (at - refusedAt > FORGIVEN_AFTER) refused = 0;
    refusedAt = at;
    if (++refused > MOST_REFUSED) line.end(POLICY, 'too many messages');
    else conversation.refuse(new ProtocolError('rate_limited', 'this socket says more than it may; try again later'));
    return false;
  };
  const say = async (text: string): Promise<void> => {
    await conversation.hear(text);
    if (--waiting < MOST_WAITING / 2 && ws.isPaused) ws.resume();
  };

  ws.on('message', (data: RawData, isBinary: boolean) => {
    heard = now();
    if (ws.readyState !== ws.OPEN || !mayBeSaid()) return;
    if (isBinary) {
      conversation.refuse(new ProtocolError('bad_message', 'messages are text, and JSON'));
      return;
    }
    if (++waiting >= MOST_WAITING) ws.pause();
    const text = data.toString();
    last = last.then(() => say(text));
  });
  ws.on('pong', () => {
    heard = now();
  });
  // ws has closed it with the code of what was wrong: too large (1009), not UTF-8 (1007), no frame (1002).
  ws.on('error', () => {});
  ws.on('close', () => {
    conversation.end();
    ended();
  });

  return {
    look(at) {
      const silence = at - heard;
      if (silence > GONE_AFTER) ws.terminate();
      else if (!conversation.hasBegun() && at - began > INIT_WITHIN) line.end(POLICY, 'no INIT came within 10 s');
      else if (silence > ASK_AFTER && at - asked > ASK_AFTER) {
        asked = at;
        ws.ping();
      }
    },
    end: line.end,
    cut: () => ws.terminate(),
  };
};
