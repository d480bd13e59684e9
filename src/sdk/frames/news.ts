/**
 * What a page and its frames say to each other over the bridge, beside calls. Shapes only.
 */
import type { UserProfile } from '../customer-api.ts';

/** What a page tells its frames without being asked, so that their synchronous calls have an answer. */
export interface News {
  /** The id in force. */
  user: string | null;
  /** Whether the collector has confirmed it. */
  identified: boolean;
  /** `getPublicProps()`. */
  props: UserProfile | null;
  /** Whether anything may be kept on this device. */
  stores: boolean;
}

/** Something done in a frame that must not be lost: kept by the frame until the page has it. */
export interface Deed {
  method: string;
  args: unknown[];
  /** By whom it was meant, if the frame knew: `null` is a visitor. */
  user?: string | null | undefined;
  /** Milliseconds since the epoch. */
  event_date: number;
  /** Of the frame's document. */
  page_id: string;
  /** Where it stands among the events of that document; 0 for what is none by itself. */
  seq: number;
}
