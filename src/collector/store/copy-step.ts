/**
 * What a copy of a stream is told, one step after the other, and where in the log what it stores has its place. A place is
 * the number of a message in the stream; a message has room for 4,096 events, so that a cursor follows from where an event
 * stands and is the same in every copy, whatever was a duplicate and whatever is gone.
 */
import type { Cursor, Erasable, Outcome, Registered, RegistryKind, Submission } from './event-log.ts';

/** Events of one message, at most. */
export const MOST_EVENTS = 4_096;

export const firstCursor = (place: number): Cursor => place * MOST_EVENTS;
export const placeOf = (cursor: Cursor): number => Math.floor(cursor / MOST_EVENTS);

/** Which event of a message is blank, and at which place the erasure is that made it so. */
export type Blank = [n: number, erased: number];

export type CopyStep =
  | { is: 'said'; place: number; group: Submission[]; blanks: Blank[] }
  | {
      is: 'register';
      place: number;
      label: string;
      kind: RegistryKind;
      name: string;
      fields: Registered['fields'] | undefined;
    }
  | { is: 'unregister'; place: number; label: string; kind: RegistryKind; name: string }
  /** A slice of an order: it is done when there is no more, and `reached` says so. */
  | { is: 'erase'; place: number; label: string; whose: Erasable }
  | { is: 'purge'; place: number; label: string; before: number; limit: number }
  /** Nothing is left to do up to this place. */
  | { is: 'reached'; place: number }
  /** The stream no longer has at `place` what the order at `erased` takes away. */
  | { is: 'clean'; place: number; erased: number };

/** What an order took in all its slices. */
export interface Taking {
  events: number;
  more: boolean;
  /** Of a purge: nothing that stands before this place is left of the label. */
  upTo: number;
}

export type StepResult = Outcome[][] | boolean | Taking | undefined;

export const isTaking = (result: StepResult): result is Taking => typeof result === 'object' && !Array.isArray(result);
