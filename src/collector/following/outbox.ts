/**
 * Messages of a label on their way out: tried when they are due, after the write that made them, and never inside one.
 * What became of a try is stored before the message is forgotten here; so one is sent twice only where the process
 * ends, or loses its hold of the label, between the message's leaving and that write, and then under the same id (`Message-ID`,
 * `webhook-id`), by which the other side can tell. What waits here is in the states, and `alarms.ts` brings it after a restart.
 *
 * Each campaign has a lane, and lanes take turns: one that writes to somebody who does not answer holds up its own.
 * What a cap counts goes to a customer one after the other, since the next may leave only if the last did not reach it.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Label } from '../config/config.ts';
import type { Outbound } from '../effects/outbound.ts';
import type { CustomerState, OutboxItem } from '../engine/customer-state.ts';
import { mayLeave } from '../engine/message-rules.ts';
import type { CustomerKey, UserStore } from '../store/user-store.ts';
import type { Done } from './happening.ts';
import type { Step } from './step.ts';
import { heldBack, tried } from './tried.ts';

export interface Outbox {
  /** Takes what is due now of a customer who was just stored. */
  offer(customer: CustomerKey, state: CustomerState): void;
  /** Messages that wait here or are under way. */
  size(): number;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
  /** Begins nothing more, and gives what is under way its time, within reason. */
  close(): Promise<void>;
}

export interface OutboxNeeds {
  label: () => Label;
  users: Pick<UserStore, 'get' | 'content'>;
  outbound: Pick<Outbound, 'send'>;
  step: Step;
  /** Asked right before a message leaves. */
  isHeld: () => boolean;
  now: () => number;
  random: () => number;
  failed: (cause: unknown) => void;
}

const MOST_UNDER_WAY = 8;
const MOST_OF_LANE = 4;
/** More than that come with their alarms. */
const MOST_WAITING = 50_000;
/** Of those under way when the collector ends; a mail server that is slower than that is told again after the start. */
const PATIENCE_MS = 3_000;
const STORE_AGAIN_MS = 1_000;

interface Message {
  customer: CustomerKey;
  uid: string;
  /** Of those with the same turn one is under way at a time. */
  turn: string;
}
interface Lane {
  waiting: Message[];
  underWay: number;
}

export const createOutbox = ({ label, users, outbound, step, isHeld, now, random, failed }: OutboxNeeds): Outbox => {
  let state: 'open' | 'closed' = 'open';
  /** By campaign; those whose turn is next come first. */
  const lanes = new Map<string, Lane>();
  const held = new Set<string>();
  const underWay = new Set<Promise<void>>();
  const turns = new Set<string>();

  const heldAs = (customer: CustomerKey, uid: string): string => `${uid} ${customer}`;

  const store = (customer: CustomerKey, change: (state: CustomerState) => Done): Promise<void> =>
    step([{ customer: { key: customer, user: null }, at: now(), what: { is: 'done', change } }]);
  /** A message that went out must not go again because the disk was full for a minute. */
  const storeAtLast = async (customer: CustomerKey, change: (state: CustomerState) => Done): Promise<void> => {
    for (;;) {
      try {
        return await store(customer, change);
      } catch (cause) {
        failed(cause);
        if (state === 'closed') return;
        await pause(STORE_AGAIN_MS);
      }
    }
  };

  const send = async (customer: CustomerKey, known: CustomerState, item: OutboxItem): Promise<void> => {
    const { uid } = item;
    const words = await users.content(label().name, uid);
    // Whoever holds the label now sends it.
    if (!isHeld()) return;
    const sending =
      words === undefined
        ? { is: 'never' as const, status: 'failed' as const, why: 'its words are no longer kept' }
        : await outbound.send(label(), { key: customer, user: known.user, state: known }, item, words);
    const chance = random();
    await storeAtLast(customer, (state) => tried(state, uid, sending, now(), chance));
  };

  const tryOne = async ({ customer, uid }: Message): Promise<void> => {
    const stored = await users.get(label().name, customer);
    const item = stored?.state.outbox.find((one) => one.uid === uid);
    // Erased, or tried by now and due later.
    if (!stored || !item || item.due_at > now()) return;
    const leave = mayLeave(label().messages, stored.state, item, now());
    if (leave.is === 'now') return send(customer, stored.state, item);
    await store(customer, (state) => heldBack(state, uid, leave, now()));
  };

  const begin = (lane: Lane, message: Message): void => {
    const { customer, uid, turn } = message;
    lane.underWay++;
    turns.add(turn);
    const one = tryOne(message)
      // Nothing is lost: the alarm of the customer brings it again.
      .catch(failed)
      .finally(() => {
        lane.underWay--;
        turns.delete(turn);
        held.delete(heldAs(customer, uid));
        underWay.delete(one);
        beginMore();
      });
    underWay.add(one);
  };
  /** One of the lane whose turn it is; the lane goes to the end of the line. */
  const beginOne = (): boolean => {
    for (const [campaign, lane] of lanes) {
      if (lane.underWay >= MOST_OF_LANE) continue;
      const next = lane.waiting.findIndex(({ turn }) => !turns.has(turn));
      const [message] = next < 0 ? [] : lane.waiting.splice(next, 1);
      if (!message && lane.underWay + lane.waiting.length > 0) continue;
      lanes.delete(campaign);
      if (!message) continue;
      lanes.set(campaign, lane);
      begin(lane, message);
      return true;
    }
    return false;
  };
  const beginMore = (): void => {
    while (state === 'open' && underWay.size < MOST_UNDER_WAY && beginOne());
  };

  return {
    offer(customer, { outbox }) {
      const at = now();
      for (const { uid, campaign, channel, transactional, due_at } of outbox) {
        const name = heldAs(customer, uid);
        if (due_at > at || held.has(name) || held.size >= MOST_WAITING) continue;
        held.add(name);
        const message = { customer, uid, turn: transactional ? name : `${channel} ${customer}` };
        const lane = lanes.get(campaign) ?? { waiting: [], underWay: 0 };
        lanes.set(campaign, lane);
        lane.waiting.push(message);
      }
      beginMore();
    },
    size: () => held.size,
    async settled() {
      while (underWay.size > 0) await Promise.race(underWay);
    },
    async close() {
      state = 'closed';
      let timer: NodeJS.Timeout | undefined;
      const outOfPatience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE_MS);
      });
      await Promise.race([Promise.all(underWay), outOfPatience]);
      clearTimeout(timer);
    },
  };
};
