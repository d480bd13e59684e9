/**
 * How many requests of one connection may wait for their answers. Browsers and proxies ask one after the other; who asks a
 * thousand times at once, and reads nothing, would have all of them held here.
 */
import type { Socket } from 'node:net';

const MOST_UNANSWERED = 32;

type Connection = Pick<Socket, 'destroy' | 'destroyed'>;

export interface Unanswered {
  /** `false`: one too many, and the connection is over. */
  asked(connection: Connection): boolean;
  answered(connection: Connection): void;
}

export const createUnanswered = (): Unanswered => {
  const waiting = new WeakMap<Connection, number>();
  return {
    asked(connection) {
      const before = waiting.get(connection) ?? 0;
      waiting.set(connection, before + 1);
      if (before < MOST_UNANSWERED) return true;
      if (!connection.destroyed) connection.destroy();
      return false;
    },
    answered(connection) {
      waiting.set(connection, (waiting.get(connection) ?? 1) - 1);
    },
  };
};
