/**
 * A log's writer begins on this thread, and moves to one of its own once the event loop is late.
 */
import type { Logger } from 'pino';
import { whenLoopIsLate } from './loop-watch.ts';
import { type MovingWriter, movingWriter } from './writer.ts';

export interface MovingWriters {
  writerOf(file: string): MovingWriter;
  stop(): void;
}

/** @param worker the program of that thread */
export const movingWriters = (worker: URL, logger: Pick<Logger, 'info' | 'error'>): MovingWriters => {
  let writer: MovingWriter | undefined;
  return {
    writerOf(file) {
      writer = movingWriter(file, worker, (cause) =>
        logger.error({ err: cause }, 'the store lost its thread, and is back on this one'),
      );
      return writer;
    },
    stop: whenLoopIsLate((p99) => {
      logger.info({ p99 }, 'the event loop is late; the store moves to a thread of its own');
      writer?.move().catch((cause: unknown) => logger.error({ err: cause }, 'the store stays on this thread'));
    }),
  };
};
