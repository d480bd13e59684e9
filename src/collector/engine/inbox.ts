/**
 * The inbox in a customer's state: what is in it, what is asked of it, what a reader does to it. Pure.
 */
import type { CustomerState, InboxEntry } from './customer-state.ts';

export interface InboxQuestion {
  offset: number;
  limit: number;
  starredOnly: boolean;
  category: number | null;
  /** `null`: both. */
  read: boolean | null;
}

/** Newest first, as they are kept. */
const current = ({ inbox }: CustomerState, now: number): InboxEntry[] =>
  inbox.filter(({ expires_at }) => expires_at === null || expires_at > now);

export const unreadCount = (state: CustomerState, now: number): number =>
  current(state, now).filter(({ read }) => !read).length;

export const inboxPage = (state: CustomerState, question: InboxQuestion, now: number): InboxEntry[] =>
  current(state, now)
    .filter(
      (entry) =>
        (!question.starredOnly || entry.starred) &&
        (question.category === null || entry.category_id === question.category) &&
        (question.read === null || entry.read === question.read),
    )
    .slice(question.offset, question.offset + question.limit);

export const hasMessage = ({ inbox }: CustomerState, uid: string): boolean => inbox.some((entry) => entry.uid === uid);

const withEntries = (
  state: CustomerState,
  isMeant: (entry: InboxEntry) => boolean,
  change: (entry: InboxEntry) => InboxEntry,
): CustomerState =>
  state.inbox.some(isMeant)
    ? { ...state, inbox: state.inbox.map((entry) => (isMeant(entry) ? change(entry) : entry)) }
    : state;

/** @param uid of one message, or `null` for all of them */
export const withRead = (state: CustomerState, uid: string | null): CustomerState =>
  withEntries(
    state,
    (entry) => !entry.read && (uid === null || entry.uid === uid),
    (entry) => ({ ...entry, read: true }),
  );

export const withStar = (state: CustomerState, uid: string, starred: boolean): CustomerState =>
  withEntries(
    state,
    (entry) => entry.uid === uid && entry.starred !== starred,
    (entry) => ({ ...entry, starred }),
  );

/** @param uid of one message, or `null` for all of them */
export const withoutMessages = (state: CustomerState, uid: string | null): CustomerState => {
  const inbox = uid === null ? [] : state.inbox.filter((entry) => entry.uid !== uid);
  return inbox.length === state.inbox.length ? state : { ...state, inbox };
};

const two = (number: number): string => String(number).padStart(2, '0');

/** `dd/MM/yyyy HH:mm:ss`, UTC: the published form of a message's date. */
export const publishedDate = (at: number): string => {
  const date = new Date(at);
  const day = `${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
};
