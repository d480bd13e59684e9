/**
 * The inbox as the published interface asks for it: pages of messages, how many are unread, what one says, and the marks a
 * customer puts on it. Owns what is remembered of all this; whoever the customer was before is forgotten with it.
 */
import { activityTypes, cids, type InboxItem, type Push } from '../../wire/protocol.ts';
import type { InboxChange, InboxMessage, InboxQuery, SmarticoApi } from '../customer-api.ts';
import type { Ask } from '../live/live.ts';
import type { SmarticoError, Tell } from '../notice.ts';
import type { Platform } from '../platform.ts';
import { bodyOf, createBodies } from './inbox-bodies.ts';

/** Messages of one call (published limit). */
const PAGE = 20;
/** Milliseconds for which the unread count is believed (published). */
const COUNT_LASTS = 30_000;

export interface InboxNeeds {
  platform: Pick<Platform, 'root' | 'now'>;
  /** A question; it is put again if the customer changes before the answer. */
  read: Ask;
  /** A change; refused if the customer changes before it is sent. */
  write: Ask;
  /** Where bodies are fetched: the address before a message's id and `.json`. */
  bodiesAt(): Promise<string>;
  tell: Tell;
}

export interface Inbox {
  calls: Pick<
    SmarticoApi,
    | 'getInboxMessages'
    | 'getInboxMessagesWithBodies'
    | 'getInboxUnreadCount'
    | 'getInboxMessageBody'
    | 'markInboxMessageAsRead'
    | 'markAllInboxMessagesAsRead'
    | 'markUnmarkInboxMessageAsFavorite'
    | 'deleteInboxMessage'
    | 'deleteAllInboxMessages'
  >;
  /** A message that came, or changed props. */
  heard(push: Push): void;
  /** Another customer or language. Handlers stay: they are the page's, and hear of the next customer. */
  forget(): void;
}

const messageOf = (item: InboxItem): InboxMessage => ({
  message_guid: item.engagement_uid,
  sent_date: item.createDate,
  read: item.is_read,
  favorite: item.is_starred,
  category_id: item.category_id,
  expire_on_dt: item.expire_on_dt,
});

export const createInbox = ({ platform, read, write, bodiesAt, tell }: InboxNeeds): Inbox => {
  const { now } = platform;
  const bodies = createBodies(platform, bodiesAt, tell);
  let unread: { count: number; until: number } | undefined;
  /** Messages that a list has shown, and whether they are unread. */
  let shown = new Map<string, boolean>();
  let onUnread: ((unread: number) => void) | undefined;
  let onNew: { query: InboxQuery; hear: (messages: InboxMessage[]) => void } | undefined;
  /** Messages that whoever hears updates was shown, or told of. */
  let told = new Set<string>();
  /** Messages that came since, new or delivered again. */
  const came = new Set<string>();
  /** Lists and updates in their order. */
  let listed: Promise<void> = Promise.resolve();

  const hear = <Word>(handler: ((word: Word) => void) | undefined, word: Word) => {
    try {
      handler?.(word);
    } catch (cause) {
      tell('handler_threw', 'onUpdate', cause);
    }
  };
  /** The collector's own word on the count. */
  const count = (said: unknown) => {
    if (typeof said !== 'number') return;
    const before = unread?.count;
    unread = { count: said, until: now() + COUNT_LASTS };
    if (said !== before) hear(onUnread, said);
  };

  const list = async ({ from, to, onlyFavorite, categoryId, read_status }: InboxQuery): Promise<InboxItem[]> => {
    const offset = Math.max(0, Math.trunc(from ?? 0) || 0);
    const limit = Math.min(PAGE, Math.trunc(to ?? offset + PAGE) - offset);
    if (!(limit > 0)) return [];
    const answer = await read(cids.inboxList, {
      limit,
      offset,
      starred_only: onlyFavorite,
      category_id: categoryId,
      read_status,
    });
    const items = answer.log as InboxItem[];
    for (const { engagement_uid, is_read, body } of items) {
      shown.set(engagement_uid, !is_read);
      bodies.keep(engagement_uid, body);
    }
    count(answer.unread_count);
    return items;
  };
  const remember = (items: InboxItem[]) => {
    for (const { engagement_uid } of items) told.add(engagement_uid);
    return items;
  };
  const page = (given?: InboxQuery): Promise<InboxItem[]> => {
    const query = given ?? {};
    if (!query.onUpdate) return list(query);
    onNew = { query, hear: query.onUpdate };
    const items = list(query).then(remember);
    // An update that comes before this answer waits for it; a failure is heard by who asked.
    const answered = items.then(
      () => {},
      () => {},
    );
    listed = listed.then(() => answered);
    return items;
  };
  /** Messages that come together are one update. */
  const update = async () => {
    const news = [...came].some((guid) => !told.has(guid));
    for (const guid of came) told.add(guid);
    came.clear();
    const asked = onNew;
    if (!news || !asked) return;
    try {
      const items = await list(asked.query);
      remember(items);
      if (asked === onNew) hear(asked.hear, items.map(messageOf));
    } catch (cause) {
      tell((cause as SmarticoError).code, 'inbox update', cause);
    }
  };

  /** Shows the count as it will be, and takes that back if the change fails and the collector has not counted since. */
  const change = async (cid: number, fields: object, seen = 0): Promise<InboxChange> => {
    const counted = unread;
    const fewer = Math.min(seen, counted?.count ?? 0);
    const add = (messages: number) => {
      if (!counted || counted !== unread || !messages) return;
      counted.count += messages;
      hear(onUnread, counted.count);
    };
    add(-fewer);
    try {
      await write(cid, fields);
      return { err_code: 0, err_message: '' };
    } catch (cause) {
      add(fewer);
      const { errCode = -1, message } = cause as SmarticoError;
      return { err_code: errCode, err_message: message };
    }
  };
  /** None of these is unread from now on; all that were are again if the collector would not have it. */
  const changeSeen = async (cid: number, fields: object, guids: string[], seen?: number): Promise<InboxChange> => {
    const messages = shown;
    const unseen = guids.filter((guid) => messages.get(guid));
    for (const guid of unseen) messages.set(guid, false);
    const outcome = await change(cid, fields, seen ?? unseen.length);
    if (outcome.err_code) for (const guid of unseen) messages.set(guid, true);
    return outcome;
  };
  const changeOne = (cid: number, guid: string) => changeSeen(cid, { engagement_uid: guid }, [guid]);
  const changeAll = (cid: number, fields: object) => changeSeen(cid, fields, [...shown.keys()], Infinity);

  return {
    calls: {
      getInboxMessages: async (query) => (await page(query)).map(messageOf),
      getInboxMessagesWithBodies: async (query) =>
        (await page(query)).map((item) => ({ ...messageOf(item), body: bodyOf(item.body) })),
      async getInboxUnreadCount(options) {
        try {
          if (!unread || unread.until < now()) await list({ to: 1 });
        } finally {
          // Only now: the first count is the answer, and no update of it.
          onUnread = options?.onUpdate ?? onUnread;
        }
        return unread?.count ?? 0;
      },
      getInboxMessageBody: bodies.read,
      markInboxMessageAsRead: (guid) => changeOne(cids.inboxRead, guid),
      markAllInboxMessagesAsRead: () => changeAll(cids.inboxRead, { all_read: true }),
      markUnmarkInboxMessageAsFavorite: (guid, favorite) =>
        change(cids.inboxStar, { engagement_uid: guid, is_starred: !!favorite }),
      deleteInboxMessage: (guid) => changeOne(cids.inboxDelete, guid),
      deleteAllInboxMessages: () => changeAll(cids.inboxDelete, { all_deleted: true }),
    },
    heard(push) {
      if (push.cid === cids.propsPush) count(push.props.core_inbox_unread_count);
      else if (push.cid === cids.engagementPush && push.activityType === activityTypes.inbox) {
        came.add(push.engagement_uid);
        listed = listed.then(update);
      }
    },
    forget() {
      unread = undefined;
      shown = new Map();
      bodies.forget();
      told = new Set();
    },
  };
};
