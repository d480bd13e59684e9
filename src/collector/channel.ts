/**
 * The pages that are open now, by customer: whoever has something to tell one says it here. Owns who is listening; a line's
 * own life (its pace, its silence) is `socket.ts`. Nothing is kept for those who do not listen: state is, and they ask.
 */
import type { Push } from '../wire/protocol.ts';
import type { CustomerKey } from './store/user-store.ts';

/** One open connection. */
export interface Line {
  /** Whether it was taken: a line that is ending takes nothing more. */
  write(text: string): boolean;
  /** @param code of a WebSocket's close */
  end(code: number, reason: string): void;
}

/** What follows for pages from one change of a customer. */
export interface News {
  /** Of the document that it made; 0 where there is none any more. */
  version: number;
  pushes: Push[];
}

export interface Channel {
  /** Returns the end of listening; the line stays open. */
  join(label: string, customer: CustomerKey, line: Line): () => void;
  tell(label: string, customer: CustomerKey, news: News): void;
  /** `false`: nobody would hear, and nothing need be made up. */
  mayBeHeard(label: string, customer: CustomerKey): boolean;
  /** The customer's pages that are open on this collector. */
  pagesHere(label: string, customer: CustomerKey): number;
}

/** Pages of one customer on one collector; beyond them the one that has been open longest goes. */
const MOST_OF_CUSTOMER = 20;
/** Close codes of RFC 6455: a rule was broken. */
const POLICY = 1008;

export const createChannel = (pushed: (connections: number) => void): Channel => {
  const listening = new Map<string, Set<Line>>();
  const place = (label: string, customer: CustomerKey): string => JSON.stringify([label, customer]);

  return {
    join(label, customer, line) {
      const key = place(label, customer);
      const lines = listening.get(key) ?? new Set<Line>();
      listening.set(key, lines.add(line));
      const leave = (one: Line): void => {
        lines.delete(one);
        if (lines.size === 0 && listening.get(key) === lines) listening.delete(key);
      };
      if (lines.size > MOST_OF_CUSTOMER) {
        const [oldest = line] = lines;
        leave(oldest);
        oldest.end(POLICY, `more than ${MOST_OF_CUSTOMER} pages of one customer are open`);
      }
      return () => leave(line);
    },
    tell(label, customer, { pushes }) {
      const lines = listening.get(place(label, customer));
      if (!lines) return;
      for (const push of pushes) {
        const text = JSON.stringify(push);
        // A copy: a line that goes while it is written to leaves the set.
        pushed([...lines].filter((line) => line.write(text)).length);
      }
    },
    mayBeHeard: (label, customer) => listening.has(place(label, customer)),
    pagesHere: (label, customer) => listening.get(place(label, customer))?.size ?? 0,
  };
};
