/**
 * What exists once a label is known: its queue, its flush, and its ties to the page and to other tabs. Wiring only.
 */
import type { PageCount } from '../wire/event.ts';
import type { FlushCounts, Receipt, Receipts } from './api.ts';
import type { DeadLetters } from './dead-letters.ts';
import { type Identity, userId } from './identity.ts';
import { stringify } from './json.ts';
import type { Ledgers, Lose } from './losses.ts';
import type { Tell } from './notice.ts';
import type { Settings } from './options.ts';
import { watchPage } from './page.ts';
import { type Platform, textStore } from './platform.ts';
import { lateWay } from './publisher/late-way.ts';
import type { PublisherModule } from './publisher/publisher.ts';
import { ALL, createDurableQueue } from './queue/durable-queue.ts';
import type { EventQueue } from './queue/event-queue.ts';
import { openIndexedDbQueue } from './queue/indexeddb-queue.ts';
import { journalQueue } from './queue/journal-queue.ts';
import type { Session } from './session.ts';
import { readRow } from './transport/batch.ts';
import { createFlush, type Flush } from './transport/flush.ts';
import { createSend } from './transport/send.ts';
import { createTurn } from './transport/turn.ts';

/** Verdicts that a page remembers. */
const RECENT = 100;

/** How the queue and the flush are. */
export interface Condition extends ReturnType<Flush['state']> {
  /** Events in memory, in the journal and, while it is open, in the database. */
  waiting: number[];
}

export interface Pipeline {
  append(eid: string, text: string, place: PageCount): void;
  lose: Lose;
  flush(): Promise<FlushCounts>;
  receipts(): Promise<Receipts>;
  condition(): Promise<Condition>;
  /** Forgets what waits, unsent. */
  purge(): Promise<void>;
}

export interface PipelineNeeds {
  platform: Platform;
  /** Of everything we keep, e.g. `_smartico:`. */
  prefix: string;
  /** What was captured before the label was known. */
  held: EventQueue;
  identity: Identity;
  session: Session;
  losses: Ledgers;
  letters: DeadLetters;
  tell: Tell;
  /** Whether it is the page's present label, which its user was named for. */
  isPresent(): boolean;
  /** Whether anything may leave. */
  may(): boolean;
  /** The collector heard the browser refuse. */
  refused(): void;
  publisher(): Promise<PublisherModule>;
}

export const startPipeline = (settings: Settings, needs: PipelineNeeds): Pipeline => {
  const { label, brand, address } = settings;
  const { platform, prefix, held, identity, session, losses, letters, tell, isPresent, may, refused } = needs;
  const { root, local, now, random } = platform;
  const mine = `${prefix}${encodeURIComponent(label)}:`;
  const ledger = losses.of(mine);
  let channel: BroadcastChannel | undefined;
  let recent: Receipt[] = [];
  const remember = (receipts: Receipt[]) => {
    recent = [...recent, ...receipts].slice(-RECENT);
  };

  const memory = journalQueue(
    textStore(() => undefined),
    '',
    false,
  );
  const queue = createDurableQueue({
    open: (returned, closed) => openIndexedDbQueue(mine, returned, closed),
    journal: journalQueue(local, `${mine}q:`),
    memory,
    now,
    lose: (reason, rows) => ledger.lose(reason, rows.map(readRow)),
    tell,
    // A database that opens after a refusal brings rows along.
    onWaiting: (hurry) => (may() ? flush.soon(hurry) : void purge()),
  });
  // As it is now: what the page makes of it later is the page's.
  const request = root.fetch.bind(root);
  /** The last door: a batch that was being made when the visitor refused goes no further. */
  const fetch: typeof root.fetch = (...what) => (may() ? request(...what) : Promise.reject(new Error('refused')));
  const purge = async () => queue.acknowledge((await queue.peek(ALL)).map(({ eid }) => eid));
  const way = settings.publisher
    ? lateWay(needs.publisher, { ...needs, ...settings, queue, fetch })
    : { queue, send: createSend(fetch, now, `${address}/v1/events`) };
  const flush = createFlush({
    ...way,
    turn: createTurn(platform, `${mine}turn`, () => flush.soon(false)),
    now,
    context: () => ({
      batch_id: random(),
      label_key: label,
      device_id: session.device(),
      sent_at: now(),
      hashes: isPresent() && identity.hash() ? { [`${identity.user()}`]: `${identity.hash()}` } : {},
      ...ledger.said(),
    }),
    onAnswered: ledger.told,
    onReceipts(receipts) {
      remember(receipts);
      channel?.postMessage([mine, receipts]);
    },
    patience: () => local.get(`${mine}patience`),
    keep: (patience) => void local.set(`${mine}patience`, patience),
    bury: letters.bury,
    onStopped: (code) => code === 'consent_refused' && refused(),
    tell,
  });
  const listen = () => {
    channel ??= platform.openChannel();
    if (!channel) return;
    channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      // Others of ours speak here too, and other scripts of the site may.
      const [whose, receipts] = Array.isArray(data) ? data : [];
      if (whose !== mine || !Array.isArray(receipts)) return;
      const heard = receipts.filter(Boolean) as Receipt[];
      remember(heard);
      queue.forget(heard.map(({ eid }) => eid));
    };
  };
  // A page in the back-forward cache that is sent a message is thrown out of it.
  root.addEventListener('pagehide', () => {
    channel?.close();
    channel = undefined;
  });
  root.addEventListener('pageshow', listen);
  const leave = () => {
    void memory.peek(ALL).then((rows) => ledger.leave(rows.map(readRow)));
    flush.leave();
  };
  watchPage(root, leave, () => flush.soon(false), flush.online);

  // What the stub or an early call could not know is made whole.
  const adopt = async () => {
    const rows = await held.peek(ALL);
    for (const waiting of rows) {
      const { ext_brand_id, session_id = session.id(), user_ext_id, ...row } = readRow(waiting);
      // Of a stub's page nobody has counted.
      if (row.seq) ledger.count({ page_id: row.page_id, session_id, seq: row.seq });
      queue.append(
        waiting.eid,
        stringify({ ...row, ext_brand_id: ext_brand_id ?? brand, session_id, user_ext_id: userId(user_ext_id) }),
      );
    }
    await held.acknowledge(rows.map(({ eid }) => eid));
  };
  // After the page's own work: nothing here is lost by waiting, and loading is the busiest time there is.
  setTimeout(() => {
    // Before anything is sent: tabs that start together would otherwise each take themselves for a device.
    session.device();
    listen();
    void adopt();
  });

  return {
    append(eid, text, place) {
      ledger.count(place);
      queue.append(eid, text);
    },
    lose: ledger.lose,
    flush: () => adopt().then(flush.now),
    purge,
    condition: async () => ({ ...flush.state(), waiting: await queue.counts() }),
    receipts: async () => ({ recent, dead: letters.read(), pending: (await queue.count()) + (await held.count()) }),
  };
};
