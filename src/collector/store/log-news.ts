/**
 * Who listens to a log, and is told what became of it. A listener that fails harms nobody who stores.
 */
import type { LogListener } from './event-log.ts';

export interface LogNews extends Required<LogListener> {
  listen(listener: LogListener): () => void;
}

export const logNews = (): LogNews => {
  const listeners = new Set<LogListener>();
  return {
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stored(group, outcomes) {
      for (const one of listeners) one.stored?.(group, outcomes);
    },
    ruled(label) {
      for (const one of listeners) one.ruled?.(label);
    },
    erased(label, whose) {
      for (const one of listeners) one.erased?.(label, whose);
    },
  };
};
