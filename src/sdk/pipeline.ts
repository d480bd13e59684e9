/**
 * What exists once a label is known: its queue, its flush, and its ties to the page and to other tabs. Wiring only.
 */
import type { DeadLetter, FlushCounts, Receipt, Receipts } from './api.ts';
import type { createLosses } from './losses.ts';
import type { Tell } from './notice.ts';
import type { Settings } from './options.ts';
import { watchPage } from './page.ts';
import type { Platform } from './platform.ts';
import { createDurableQueue } from './queue/durable-queue.ts';
import type { EventQueue } from './queue/event-queue.ts';
import { openIndexedDbQueue } from './queue/indexeddb-queue.ts';
import { journalQueue } from './queue/journal-queue.ts';
import { memoryQueue } from './queue/memory-queue.ts';
import type { Session } from './session.ts';
import { createFlush } from './transport/flush.ts';
import { createSend } from './transport/send.ts';
import { createTurn } from './transport/turn.ts';

/** Verdicts that a page remembers. */
const RECENT = 100;

export interface Pipeline {
  append(eid: string, text: string): void;
  /** Takes over what was captured before the label was known. */
  adopt(held: EventQueue): Promise<void>;
  bury(letter: DeadLetter): void;
  flush(): Promise<FlushCounts>;
  receipts(): Promise<Receipts>;
  stop(): void;
}

export interface PipelineNeeds {
  platform: Platform;
  settings: Settings;
  /** e.g. `_smartico:` */
  prefix: string;
  session: Session;
  losses: ReturnType<typeof createLosses>;
  tell: Tell;
}

export const startPipeline = ({ platform, settings, prefix, session, losses, tell }: PipelineNeeds): Pipeline => {
  const { local, now, chance, random, channel } = platform;
  const { label, endpoint } = settings;
  const mine = `${prefix}${encodeURIComponent(label)}:`;
  const { lose } = losses;
  let recent: Receipt[] = [];
  const remember = (receipts: Receipt[]) => {
    recent = [...recent, ...receipts].slice(-RECENT);
  };

  const queue = createDurableQueue({
    open: (ears) => openIndexedDbQueue(mine, ears),
    journal: journalQueue(local, mine),
    memory: memoryQueue(),
    now,
    lose,
    tell,
    onOpen: () => flush.soon(),
    onFleeting: () => flush.soon(true),
  });
  const flush = createFlush({
    queue,
    send: createSend({ fetch: platform.fetch, now, endpoint }),
    turn: createTurn(platform, `${mine}turn`),
    now,
    chance,
    about: () => ({
      batch_id: random(),
      label_key: label,
      device_id: session.device(),
      sent_at: now(),
      losses: losses.read(),
      pages: session.counted(),
    }),
    onAnswered: ({ pages }) => session.told(pages),
    onReceipts(receipts) {
      remember(receipts);
      channel?.postMessage([mine, receipts]);
    },
    patience: {
      read: () => local.get(`${mine}patience`),
      keep: (text) => (text ? local.set(`${mine}patience`, text) : local.remove(`${mine}patience`)),
    },
    lose,
    tell,
  });

  const undo = [
    watchPage(platform, { leave: flush.leave, back: () => flush.soon(), online: flush.online }),
    flush.stop,
    queue.close,
  ];
  if (channel)
    undo.push(
      platform.on(channel, 'message', (event) => {
        const [whose, receipts] = (event as MessageEvent<[string, Receipt[]]>).data;
        if (whose !== mine) return;
        remember(receipts);
        queue.forget(receipts.map(({ eid }) => eid));
      }),
    );

  return {
    append(eid, text) {
      queue.append(eid, text);
      flush.soon();
    },
    async adopt(held) {
      const rows = await held.peek(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
      if (rows.length === 0) return;
      for (const { eid, text, row } of rows)
        queue.append(eid, row ? JSON.stringify({ ...row, ext_brand_id: row.ext_brand_id ?? settings.brand }) : text);
      await held.acknowledge(rows.map(({ eid }) => eid));
      flush.soon();
    },
    bury: (letter) => void queue.acknowledge([], [letter]),
    flush: flush.now,
    receipts: async () => ({ recent, dead: await queue.letters(), pending: await queue.count() }),
    stop() {
      for (const one of undo) one();
    },
  };
};
