/**
 * What the core and the publisher's room know of each other. The room (`smartico_publisher.js`, fetched where `init` asks for
 * the format `clientEvents`) sends the queue to a publisher's own endpoint. Shapes only.
 */
import type { Tell } from '../notice.ts';
import type { DurableQueue } from '../queue/durable-queue.ts';
import type { Send } from '../transport/send.ts';

/** How events travel: what of the queue may, and how it is sent. */
export interface Way {
  queue: DurableQueue;
  send: Send;
}

export interface PublisherNeeds {
  queue: DurableQueue;
  fetch: typeof globalThis.fetch;
  now(): number;
  /** The publisher's, without a slash at the end. */
  address: string;
  /** Whose session the page can prove; `null` for a visitor. */
  user(): string | null;
  /** `sessionToken` as the page gave it to `init`. */
  sessionToken: unknown;
  tell: Tell;
}

export interface PublisherModule {
  createWay(needs: PublisherNeeds): Way;
}
