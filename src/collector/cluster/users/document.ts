/**
 * What is written of customers into the cluster, as bytes and back: their documents, rows of changes before the last one,
 * words by themselves, and what is said to every copy. Pure. A form that this version does not know is refused, since what it
 * says must not be passed over.
 */
import { deflateSync, inflateSync } from 'node:zlib';
import type { StateChange } from '../../store/user-store.ts';

export type Rows = Required<Pick<StateChange, 'contents' | 'deliveries' | 'traces'>>;

/** Of a document, what a copy keeps beside its text. */
export interface DocumentHead {
  version: number;
  /** When it was written. */
  at: number;
  /** Place in the bucket of the erasure that it comes after; 0: nobody of this key was ever erased. */
  erased: number;
  wakes_at: number | null;
  segments: StateChange['state']['segments'];
  user: string | null;
}

export interface CustomerDocument extends DocumentHead {
  /** JSON text of the rows of its change; empty: none. */
  rows: string;
  /** JSON text. */
  state: string;
}

/** In place of the document of a customer who was erased: ids of the words that go with them. */
export interface Erasure {
  at: number;
  words: string[];
}

/** What the stream of reports says. `rows` and `words` are of the subject that they came under. */
export type ReportMessage =
  /** Of the change that has this place in the bucket. */
  | { is: 'rows'; revision: number; at: number; rows: Rows }
  | { is: 'words'; at: number; content: string }
  /** Whatever of the label is older goes. */
  | { is: 'old'; before: number }
  /** Follows whatever is taken out of the stream: who waits for a place that is gone gets past it. */
  | { is: 'beat' };

const FORM = 1;
/** Smaller ones are hardly worth the time. */
const DEFLATE_FROM = 16_384;
/** The first byte of what is deflated; text begins with a brace. */
const DEFLATED = 0x78;

const packed = (...lines: string[]): Uint8Array => {
  const bytes = Buffer.from(lines.join('\n'));
  return bytes.length < DEFLATE_FROM ? bytes : deflateSync(bytes);
};
/** The head, and the lines after it: JSON text has no line breaks of its own. */
const unpacked = (bytes: Uint8Array): [head: { form: number }, ...lines: string[]] => {
  const text = Buffer.from(bytes[0] === DEFLATED ? inflateSync(bytes) : bytes).toString();
  const [first = '', ...lines] = text.split('\n');
  const head = JSON.parse(first) as { form: number };
  if (head.form !== FORM)
    throw new Error(
      `what is in the cluster was written by a newer version (form ${head.form}, this one knows ${FORM})`,
    );
  return [head, ...lines];
};

export const rowsText = ({ contents = [], deliveries = [], traces = [] }: Partial<Rows>): string =>
  contents.length + deliveries.length + traces.length === 0 ? '' : JSON.stringify({ contents, deliveries, traces });

export const documentBytes = ({ rows, state, ...head }: CustomerDocument): Uint8Array =>
  packed(JSON.stringify({ form: FORM, ...head }), rows, state);

export const documentIn = (bytes: Uint8Array): CustomerDocument => {
  const [head, rows = '', state = ''] = unpacked(bytes);
  return { ...(head as { form: number } & DocumentHead), rows, state };
};

export const erasureBytes = (erasure: Erasure): Uint8Array => packed(JSON.stringify({ form: FORM, ...erasure }));
/** Others' tools leave an empty one. */
export const erasureIn = (bytes: Uint8Array): Erasure =>
  bytes.length === 0 ? { at: 0, words: [] } : (unpacked(bytes)[0] as { form: number } & Erasure);

type RowsMessage = Extract<ReportMessage, { is: 'rows' }>;
/** @param rows JSON text, as the document had it */
export const rowsBytes = (head: Pick<RowsMessage, 'revision' | 'at'>, rows: string): Uint8Array =>
  packed(JSON.stringify({ form: FORM, is: 'rows', ...head }), rows);

export const reportBytes = (message: Exclude<ReportMessage, RowsMessage>): Uint8Array =>
  packed(JSON.stringify({ form: FORM, ...message }));

export const reportIn = (bytes: Uint8Array): ReportMessage => {
  const [head, rows = ''] = unpacked(bytes);
  const message = head as unknown as ReportMessage;
  return message.is === 'rows' ? { ...message, rows: JSON.parse(rows) as Rows } : message;
};
