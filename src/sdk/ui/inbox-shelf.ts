/**
 * The messages that the inbox shows, newest first, as pages of them arrive. Pure.
 */
import type { InboxMessage, InboxMessageBody } from '../customer-api.ts';

/** Messages of a page: the most that one call answers. */
export const PAGE = 20;

export type Message = InboxMessage & { body: InboxMessageBody };

export interface Shelf {
  messages: Message[];
  /** There is nothing older to ask for. */
  complete: boolean;
}

export const emptyShelf: Shelf = { messages: [], complete: false };

const guids = (messages: Message[]) => new Set(messages.map(({ message_guid }) => message_guid));
const besides = (messages: Message[], others: Message[]) => {
  const known = guids(others);
  return messages.filter(({ message_guid }) => !known.has(message_guid));
};

/** The next page: a message that came in between has moved some of them into it that are here already. */
export const older = ({ messages }: Shelf, page: Message[]): Shelf => ({
  messages: [...messages, ...besides(page, messages)],
  complete: page.length < PAGE,
});

/** The first page again. What was among its messages and is not any more was deleted elsewhere. */
export const refreshed = ({ messages, complete }: Shelf, page: Message[]): Shelf => {
  const known = guids(page);
  const last = messages.map(({ message_guid }) => known.has(message_guid)).lastIndexOf(true);
  const whole = page.length < PAGE;
  return {
    messages: whole ? page : [...page, ...besides(messages.slice(last + 1), page)],
    complete: whole || (complete && last >= 0),
  };
};

/** What a mark makes of the messages. */
export type Mark = (shelf: Shelf) => Shelf;

/** @param guid of the message that changes, or nothing: all do */
export const marked =
  (part: Partial<InboxMessage>, guid?: string): Mark =>
  (shelf) => ({
    ...shelf,
    messages: shelf.messages.map((message) =>
      guid === undefined || guid === message.message_guid ? { ...message, ...part } : message,
    ),
  });

export const without =
  (guid: string): Mark =>
  (shelf) => ({ ...shelf, messages: shelf.messages.filter(({ message_guid }) => message_guid !== guid) });
