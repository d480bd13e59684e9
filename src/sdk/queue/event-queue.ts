/**
 * The port of every queue: texts of events waiting for a receipt, in the order they happened.
 * Knows nothing of networks, nor of what a text says. An event leaves only by `acknowledge`.
 */

/** An event as it waits, under its id. */
export type Waiting = { eid: string; text: string };

export interface EventQueue {
  /**
   * Keeps the text under its id before it returns; the same id twice is one row.
   * `false`, or an error of the browser's: not kept, and nothing is left behind.
   */
  append(eid: string, text: string): boolean;
  /** The oldest rows, at most so many; leaves them where they are. */
  peek(most: number): Promise<Waiting[]>;
  /** Removes these, for good. Unknown ids are no error. */
  acknowledge(eids: string[]): Promise<void>;
  /** The same for what nobody will send. Answers which of them were there: of two tabs that drop a row, one has dropped it. */
  drop(eids: string[]): Promise<string[]>;
  count(): Promise<number>;
}

/** The first of these rows, as many as together have at most so many characters, and one at the least. */
export const fitting = (rows: Waiting[], characters: number): Waiting[] => {
  let left = characters;
  return rows.filter(({ text }, index) => {
    left -= text.length;
    return left >= 0 || index === 0;
  });
};
