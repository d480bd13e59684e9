/**
 * How a submission stood in another store, which it comes from. It is put down as it stood, and nothing of it is judged or
 * counted again: its events keep their places, under `eid` is the key that they were kept under, and they come in the order
 * of their places with those of their label alone. A log takes such before any other. Shapes only.
 */
import type { Cursor, MinuteCount, ShapeCount } from './event-log.ts';
import type { SequenceRow } from './page-text.ts';

export interface Stood {
  /** Of each of its events. */
  cursors: Cursor[];
  /** Pages and losses are of the submission's device. */
  pages: StoodPage[];
  losses: StoodLoss[];
  /** What the label counted. */
  shapes: ShapeCount[];
  minutes: MinuteCount[];
}
export interface StoodPage extends SequenceRow {
  page_id: string;
  last_at: number;
  /** That stood on it. Where it had some and none of them came along, they were erased, and it goes with them. */
  events: number;
}
export interface StoodLoss {
  reason: string;
  count: number;
  numbered: number;
  reported_at: number;
}
