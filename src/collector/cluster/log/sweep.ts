/**
 * Erasures that the stream is still to be rid of, one after the other: the ones of this collector at once, others' a while
 * later, when whoever ordered them is done or was interrupted.
 */
import type { Erasable } from '../../store/event-log.ts';
import { openForReading } from '../../store/sqlite-file.ts';
import type { Writer } from '../../store/writer.ts';
import type { Unclean } from './erasure.ts';

export interface Sweep {
  /** Resolves when the stream has nothing more of whoever was erased up to now. */
  now(): Promise<void>;
  /** Others are at it. */
  later(): void;
  close(): Promise<void>;
}

export interface SweepNeeds {
  file: string;
  writer: Writer;
  clean: (one: Unclean) => Promise<void>;
  failed: (cause: unknown) => void;
}

/** Time enough for whoever ordered it. */
const LATER_MS = 10_000;
const AT_ONCE = 100;

interface Row {
  place: number;
  erased: number;
  whose: string;
}

export const createSweep = ({ file, writer, clean, failed }: SweepNeeds): Sweep => {
  const db = openForReading(file);
  const some = db.prepare<[number], Row>('SELECT erased, place, whose FROM unclean ORDER BY erased, place LIMIT ?');
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let state: 'open' | 'closed' = 'open';

  const sweep = async (): Promise<void> => {
    for (let rows = some.all(AT_ONCE); rows.length > 0 && state === 'open'; rows = some.all(AT_ONCE)) {
      for (const { place, erased, whose } of rows) {
        await clean({ place, erased, whose: JSON.parse(whose) as Erasable });
        await writer.apply([{ is: 'clean', place, erased }]);
      }
    }
  };
  const now = (): Promise<void> => {
    const after = running.then(sweep);
    running = after.catch(() => later());
    return after;
  };
  const later = (): void => {
    if (state === 'closed') return;
    timer ??= setTimeout(() => {
      timer = undefined;
      now().catch(failed);
    }, LATER_MS).unref();
  };

  return {
    now,
    later,
    async close() {
      state = 'closed';
      clearTimeout(timer);
      await running;
      db.close();
    },
  };
};
