/**
 * The list of messages and the marks on it. A mark shows at once and is taken back if the collector would not have it; a
 * delete can be undone for a few seconds before the collector hears of it.
 */
import type { InboxChange, SmarticoApi } from '../customer-api.ts';
import { createRow, type Row } from './inbox-row.ts';
import { emptyShelf, type Mark, type Message, marked, older, PAGE, refreshed, without } from './inbox-shelf.ts';
import type { Layer } from './layer.ts';
import type { UiNeeds } from './ui.ts';
import type { Speech } from './words.ts';

const UNDO_FOR = 6_000;

export interface InboxListNeeds {
  layer: Layer;
  speech: Speech;
  api: SmarticoApi;
  discard: UiNeeds['discard'];
  /** By the collector's count, if there is one. */
  unread(): number | undefined;
  open(message: Message): void;
  /** It could not be loaded. */
  failed(cause: unknown): void;
}

export interface InboxList {
  element: HTMLElement;
  /** The first page, also again: something came, or another tab changed something. */
  refresh(): void;
  /** The customer has it open. */
  read(message: Message): void;
  focus(message: Message): void;
  /** What could still be undone is done. */
  settle(): void;
  /** The same for a page that leaves, where no answer is heard any more. */
  leave(): void;
  /** The customer is another one: what could still be undone is not done. */
  forget(): void;
}

export const createInboxList = ({ layer, speech, api, discard, unread, open, failed }: InboxListNeeds): InboxList => {
  const { make, root } = layer;
  const { words } = speech;
  /** As the collector listed it, and the marks that it has not answered yet. */
  let listed = emptyShelf;
  const hopes = new Set<Mark>();
  let at: 'loading' | 'failed' | 'listed' = 'loading';
  /** The message whose delete can be undone. */
  let leaving: { guid: string; timer: number } | undefined;
  const rows = new Map<string, Row>();
  const shelf = () => [...hopes].reduce((seen, hope) => hope(seen), listed);

  const button = (text: string, click: () => void, kind: string | null = null) =>
    make('button', { class: kind, click }, text);
  const count = make('span');
  const readAll = button(words.readAll, () => attempt(marked({ read: true }), api.markAllInboxMessagesAsRead()), 'end');
  const bar = make('div', { class: 'bar' }, count, readAll);
  const list = make('ul', { role: 'list' });
  const state = make('div', { class: 'state' });
  const retry = button(words.retry, () => {
    at = 'loading';
    say();
    redraw();
    load(0);
  });
  const more = button(words.more, () => load(shelf().messages.length));
  const toast = make('div', { class: 'toast', role: 'status' });
  const element = make('section', {}, bar, list, state, more, toast);

  const say = (text?: string, undo?: () => void) =>
    toast.replaceChildren(text ? make('p', {}, text, undo ? button(words.undo, undo, 'end') : null) : '');
  /** Shows what is hoped for. If that comes to nothing, it alone is taken back: whatever was listed or marked since stays. */
  const attempt = async (hope: Mark, change: Promise<InboxChange>) => {
    hopes.add(hope);
    redraw();
    // Both ways of a failure are one to the customer.
    const { err_code } = await change.catch(() => ({ err_code: -1 }));
    hopes.delete(hope);
    if (err_code) say(words.failed);
    else listed = hope(listed);
    redraw();
  };

  const rowOf = (message: Message): Row => {
    const { message_guid: guid } = message;
    const now = () => shelf().messages.find((other) => other.message_guid === guid) ?? message;
    const row =
      rows.get(guid) ??
      createRow(message, {
        make,
        speech,
        open: () => open(now()),
        star() {
          const favorite = !now().favorite;
          attempt(marked({ favorite }, guid), api.markUnmarkInboxMessageAsFavorite(guid, favorite));
        },
        remove: () => remove(guid, row),
      });
    rows.set(guid, row);
    row.redraw(message);
    return row;
  };
  const redraw = () => {
    const { messages, complete } = shelf();
    const shown = messages.filter(({ message_guid }) => message_guid !== leaving?.guid);
    const elements = shown.map((message) => rowOf(message).element);
    // In place: a row that moves through the document loses the focus that is on it.
    for (const { element: old } of rows.values()) if (!elements.includes(old as HTMLLIElement)) old.remove();
    elements.forEach((row, index) => {
      if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
    });
    const unseen = unread() ?? shown.filter(({ read }) => !read).length;
    count.textContent = words.count.replace('#', `${unseen}`);
    bar.hidden = !unseen || !shown.length;
    state.hidden = shown.length > 0;
    state.replaceChildren(at === 'failed' ? retry : at === 'loading' ? '…' : words.empty);
    more.hidden = complete || !shown.length;
  };

  /** The message goes out of sight at once; the one before it that still could be undone is gone for good. */
  const remove = (guid: string, { element: row }: Row) => {
    settle();
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    leaving = { guid, timer: root.setTimeout(settle, UNDO_FOR) };
    redraw();
    say(words.deleted, () => {
      stay();
      redraw();
      rows.get(guid)?.opener.focus();
    });
    (beside?.querySelector('button') ?? toast.querySelector('button'))?.focus();
  };
  const stay = () => {
    root.clearTimeout(leaving?.timer);
    leaving = undefined;
    say();
  };
  const settle = () => {
    if (!leaving) return;
    const { guid } = leaving;
    stay();
    attempt(without(guid), api.deleteInboxMessage(guid));
  };

  const load = async (from: number) => {
    try {
      const page = await api.getInboxMessagesWithBodies({ from, to: from + PAGE });
      listed = from ? older(listed, page) : refreshed(listed, page);
      at = 'listed';
    } catch (cause) {
      failed(cause);
      at = 'failed';
      say(words.failed);
    }
    redraw();
    // The button may be gone, and the eye is here.
    if (from) rows.get(`${shelf().messages[from]?.message_guid}`)?.opener.focus();
  };
  redraw();

  return {
    element,
    refresh: () => void load(0),
    read({ message_guid: guid, read }) {
      if (!read) attempt(marked({ read: true }, guid), api.markInboxMessageAsRead(guid));
    },
    focus: ({ message_guid }) => rows.get(message_guid)?.opener.focus(),
    settle,
    leave() {
      if (!leaving) return;
      discard(leaving.guid);
      hopes.add(without(leaving.guid));
      stay();
    },
    forget: stay,
  };
};
