/**
 * The inbox over the protocol: a list with what each message says, and what its reader does to it. Changes are on disk when
 * they are answered, and saying one again is harmless.
 */
import { cids, type InboxItem, type Message } from '../../wire/protocol.ts';
import type { Label } from '../config/config.ts';
import type { Customers } from '../customers.ts';
import { inboxBody, readContent } from '../engagement/content.ts';
import type { CustomerState, InboxEntry } from '../engine/customer-state.ts';
import {
  hasMessage,
  type InboxQuestion,
  inboxPage,
  publishedDate,
  unreadCount,
  withoutMessages,
  withRead,
  withStar,
} from '../engine/inbox.ts';
import type { UserStore } from '../store/user-store.ts';
import { type Fields, ProtocolError } from './answer.ts';
import type { Ask, Asks, Known } from './ask.ts';
import { engagementField, flagField, wholeField } from './fields.ts';

export interface InboxNeeds {
  customers: Customers;
  users: Pick<UserStore, 'content'>;
  now: () => number;
}

const PAGE = 20;
const LONGEST_PAGE = 100;

/** `offset` and `limit`, or `from` and `to`; 1 is unread, 2 is read. */
const questionIn = (message: Message): InboxQuestion => {
  const offset = wholeField(message, 'offset', wholeField(message, 'from', 0));
  const limit = wholeField(message, 'limit', wholeField(message, 'to', offset + PAGE) - offset);
  const read = { 0: null, 1: false, 2: true }[wholeField(message, 'read_status', 0)];
  if (read === undefined) throw new ProtocolError('bad_message', 'read_status must be 1 (unread) or 2 (read)');
  return {
    offset,
    limit: Math.min(Math.max(0, limit), LONGEST_PAGE),
    starredOnly: flagField(message, 'starred_only') ?? flagField(message, 'only_favorite') ?? false,
    category:
      message.category_id === undefined || message.category_id === null ? null : wholeField(message, 'category_id', 0),
    read,
  };
};

export const inboxAsks = ({ customers, users, now }: InboxNeeds): Asks => {
  const itemOf = async (label: Label, entry: InboxEntry): Promise<InboxItem | undefined> => {
    const text = await users.content(label.name, entry.uid);
    const content = text === undefined ? undefined : readContent(text);
    if (content?.kind !== 'inbox') return undefined;
    return {
      engagement_uid: entry.uid,
      create_date: entry.at,
      createDate: publishedDate(entry.at),
      category_id: entry.category_id,
      expire_on_dt: entry.expires_at,
      is_read: entry.read,
      is_starred: entry.starred,
      is_deleted: false,
      body: inboxBody(content),
    };
  };
  const change = (read: (message: Message) => (state: CustomerState) => CustomerState): Ask => ({
    by: 'anyone',
    async answer({ label, customer }: Known, message): Promise<Fields> {
      const state = await customers.change(label, customer, read(message));
      return { unread_count: unreadCount(state, now()) };
    },
  });
  const mustHave = (state: CustomerState, uid: string): void => {
    if (!hasMessage(state, uid)) throw new ProtocolError('not_found', 'there is no such message in the inbox');
  };

  return {
    [cids.inboxList]: {
      by: 'anyone',
      async answer({ label, customer }, message) {
        const question = questionIn(message);
        const state = await customers.read(label, customer);
        const items = await Promise.all(inboxPage(state, question, now()).map((entry) => itemOf(label, entry)));
        return { log: items.filter((item) => item !== undefined), unread_count: unreadCount(state, now()) };
      },
    },
    [cids.inboxRead]: change((message) => {
      if (flagField(message, 'all_read')) return (state) => withRead(state, null);
      const uid = engagementField(message);
      return (state) => {
        mustHave(state, uid);
        return withRead(state, uid);
      };
    }),
    [cids.inboxStar]: change((message) => {
      const uid = engagementField(message);
      const starred = flagField(message, 'is_starred') ?? flagField(message, 'mark') ?? true;
      return (state) => {
        mustHave(state, uid);
        return withStar(state, uid, starred);
      };
    }),
    [cids.inboxDelete]: change((message) => {
      const uid = flagField(message, 'all_deleted') ? null : engagementField(message);
      return (state) => withoutMessages(state, uid);
    }),
  };
};
