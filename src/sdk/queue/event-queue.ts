/**
 * The port of every queue: events waiting for a receipt, in the order they happened.
 * Knows nothing of networks. An event leaves only by `acknowledge`, or by `dropOldest`, whose caller counts the loss.
 */
import type { BrowserEvent } from '../../wire/event.ts';
import type { DeadLetter } from '../api.ts';

/** An event as it waits: with the hash that vouched for its user at the time. */
export type Row = BrowserEvent & { hash?: string };

/** What `peek` found: a row, or a text that is none (another script on the page wrote there). */
export type Waiting = { eid: string; text: string; row: Row | null };

export interface EventQueue {
  /**
   * Keeps the text under its id before it returns; the same id twice is one row.
   * `false`: not kept (full, refused, closed), and nothing is left behind.
   */
  append(eid: string, text: string): boolean;
  /** The oldest rows, at most so many and (but for the first) at most so many characters. Leaves them where they are. */
  peek(most: number, characters: number): Promise<Waiting[]>;
  /** Removes these, for good, and keeps the letters of those that were refused. Unknown ids are no error. */
  acknowledge(eids: string[], letters?: DeadLetter[]): Promise<void>;
  /** The last dead letters, oldest first. */
  letters(): Promise<DeadLetter[]>;
  count(): Promise<number>;
  /** What the rows weigh together; walks all of them. */
  characters(): Promise<number>;
  /** Removes so many of the oldest and answers how many there were to remove. */
  dropOldest(events: number): Promise<number>;
}

/** Dead letters kept on a device. */
export const LETTERS = 50;

/** A stored text is as untrusted as a URL: any script of the origin may have written it. */
export const readRow = (eid: string, text: unknown): Waiting => {
  const waiting: Waiting = { eid, text: String(text), row: null };
  try {
    const row = JSON.parse(waiting.text);
    if (row?.eid === eid) waiting.row = row;
  } catch {
    // Not JSON: `row` stays null, and the flush makes a dead letter of it.
  }
  return waiting;
};

/** Cuts a list of rows to what one request may carry. */
export const fitting = (rows: Waiting[], most: number, characters: number): Waiting[] => {
  let sum = 0;
  const end = rows.findIndex((row, index) => index >= most || ((sum += row.text.length) > characters && index > 0));
  return end < 0 ? rows : rows.slice(0, end);
};
