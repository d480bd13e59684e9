/**
 * What a message's reader is: a row of the protocol's table. Takes who speaks and what was said, gives the answer's fields.
 */
import type { Message } from '../../wire/protocol.ts';
import type { Customer } from '../engine/customer-key.ts';
import type { Fields } from './answer.ts';
import type { Speaker, Whence } from './speaker.ts';

/** A speaker of whom it is known which customer they are. */
export interface Known extends Speaker {
  customer: Customer;
}

export interface Ask {
  /** `user`: visitors have not, and may not. */
  by: 'anyone' | 'user';
  /** `undefined`: this message has no answer. */
  answer(speaker: Known, message: Message, whence: Whence): Promise<Fields | undefined>;
}

export type Asks = { readonly [cid: number]: Ask };
