/**
 * News for pages, from the collector where a customer changed to those where their pages are open: core NATS, heard by
 * whoever is there and kept by nobody. Owns how news travels and what is taken for news; when a page is told of it, and what
 * makes up for news that never comes, is `shared-channel.ts`. A message that is none, or that somebody else put there, is
 * counted and harms nobody.
 */
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { cids, type Push } from '../../../wire/protocol.ts';
import type { News } from '../../channel.ts';
import type { CustomerKey } from '../../store/user-store.ts';
import type { Names } from '../names.ts';

export interface Pushes {
  /** To every other collector that is connected. */
  say(label: string, customer: CustomerKey, news: News): void;
  /** One listener a customer, the last one; what was said here comes back too. Returns the end of listening. */
  listen(label: string, customer: CustomerKey, told: (news: News) => void): () => void;
  /** Messages about customers who are listened to that were no news. */
  refused(): number;
  close(): void;
}

export interface PushesNeeds {
  connection: Pick<NatsConnection, 'publish' | 'subscribe' | 'isClosed' | 'isDraining'>;
  names: Pick<Names, 'push' | 'allPushes'>;
  /** Called with the first message that was no news, and with the reason if nothing is heard. */
  warn: (why: string) => void;
}

/** Twenty popups of the longest words; the servers take a megabyte. */
const MOST_BYTES = 512 * 1024;
const MOST_PUSHES = 200;
const known: readonly unknown[] = [cids.propsPush, cids.engagementPush, cids.deepLinkPush];

const isPush = (value: unknown): value is Push =>
  typeof value === 'object' && value !== null && known.includes((value as { cid?: unknown }).cid);

/** The news, or why it is none. */
const readNews = (message: Pick<Msg, 'data' | 'string'>): News | string => {
  if (message.data.length > MOST_BYTES) return `it has ${message.data.length} bytes`;
  let value: unknown;
  try {
    value = JSON.parse(message.string());
  } catch {
    // The parser's own words quote the message, which may be private.
    return 'it is no JSON';
  }
  const { version, pushes } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (!Number.isSafeInteger(version) || (version as number) < 0) return 'it names no version';
  if (!Array.isArray(pushes) || pushes.length > MOST_PUSHES || !pushes.every(isPush)) return 'it holds no pushes';
  return { version: version as number, pushes };
};

export const createPushes = ({ connection, names, warn }: PushesNeeds): Pushes => {
  const listening = new Map<string, (news: News) => void>();
  let refused = 0;

  const hear = (subject: string, message: Pick<Msg, 'data' | 'string'>): void => {
    const told = listening.get(subject);
    // Of nearly all customers no page is open here: their news is not even read.
    if (!told) return;
    const news = readNews(message);
    if (typeof news !== 'string') told(news);
    else if (refused++ === 0)
      warn(`a message on ${names.allPushes} is no news for pages: ${news}; later ones are only counted`);
  };
  const subscription = connection.subscribe(names.allPushes, {
    callback(cause, message) {
      if (cause) warn(`pages hear of what other collectors do late, on ${names.allPushes}: ${cause.message}`);
      else hear(message.subject, message);
    },
  });

  return {
    say(label, customer, news) {
      if (connection.isClosed() || connection.isDraining()) return;
      const text = JSON.stringify(news);
      // What is too long for the servers is told with the document alone.
      if (Buffer.byteLength(text) <= MOST_BYTES) connection.publish(names.push(label, customer), text);
    },
    listen(label, customer, told) {
      const subject = names.push(label, customer);
      listening.set(subject, told);
      return () => {
        if (listening.get(subject) === told) listening.delete(subject);
      };
    },
    refused: () => refused,
    close: () => subscription.unsubscribe(),
  };
};
