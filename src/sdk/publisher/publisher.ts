/**
 * What the core and the publisher's room know of each other. The room (`smartico_publisher.js`, fetched where `init` asks for
 * the format `clientEvents`) sends the queue to a publisher's own endpoint. Shapes only.
 */
import type { Identity } from '../identity.ts';
import type { Tell } from '../notice.ts';
import type { Settings } from '../options.ts';
import type { Platform } from '../platform.ts';
import type { DurableQueue } from '../queue/durable-queue.ts';
import type { Send } from '../transport/send.ts';

/** How events travel: what of the queue may, and how it is sent. */
export interface Way {
  queue: DurableQueue;
  send: Send;
}

export interface PublisherNeeds extends Pick<Settings, 'address' | 'visitor' | 'sessionToken'> {
  queue: DurableQueue;
  fetch: typeof globalThis.fetch;
  platform: Pick<Platform, 'now'>;
  identity: Pick<Identity, 'user'>;
  tell: Tell;
}

export interface PublisherModule {
  createWay(needs: PublisherNeeds): Way;
}
