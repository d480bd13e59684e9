/**
 * The list of messages and the marks on it. A mark shows at once and is taken back if the collector would not have it; a
 * delete can be undone for a few seconds before the collector hears of it.
 */
import type { InboxChange, SmarticoApi } from '../customer-api.ts';
import { createRow, type Row } from './inbox-row.ts';
import { emptyShelf, type Message, marked, older, PAGE, refreshed, without } from './inbox-shelf.ts';
import type { Layer } from './layer.ts';
import type { Speech } from './words.ts';

const UNDO_FOR = 6_000;

export interface InboxListNeeds {
  layer: Layer;
  speech: Speech;
  api: SmarticoApi;
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
  /** The customer is another one: what could still be undone is not done. */
  forget(): void;
}

export const createInboxList = ({ layer, speech, api, unread, open, failed }: InboxListNeeds): InboxList => {
  const { make, root } = layer;
  const { words } = speech;
  let shelf = emptyShelf;
  let loading = true;
  /** The message whose delete can be undone. */
  let leaving: { guid: string; timer: number } | undefined;
  const rows = new Map<string, Row>();

  const button = (text: string, click: () => void) => make('button', { type: 'button', click }, text);
  const count = make('span');
  const readAll = button(words.readAll, () => {
    const before = shelf;
    shelf = marked(shelf, { read: true });
    attempt(api.markAllInboxMessagesAsRead(), () => {
      shelf = before;
    });
  });
  const bar = make('div', { class: 'bar' }, count, readAll);
  const list = make('ul', { role: 'list' });
  const state = make('div', { class: 'state', role: 'status' });
  const more = button(words.more, () => load(shelf.messages.length));
  more.className = 'more';
  const toast = make('div', { class: 'toast', role: 'status' });
  const element = make('section', {}, bar, list, state, more, toast);

  const say = (text: string, undo?: () => void) =>
    toast.replaceChildren(make('p', {}, text, undo ? button(words.undo, undo) : null));
  /** Draws what is hoped for, and if that comes to nothing what was before. */
  const attempt = async (change: Promise<InboxChange>, takeBack: () => void) => {
    redraw();
    // Both ways of a failure are one to the customer.
    const { err_code } = await change.catch(() => ({ err_code: -1 }));
    if (!err_code) return;
    takeBack();
    redraw();
    say(words.failed);
  };

  const rowOf = (message: Message): Row => {
    const { message_guid: guid } = message;
    const now = () => shelf.messages.find((other) => other.message_guid === guid) ?? message;
    const row =
      rows.get(guid) ??
      createRow(message, {
        make,
        speech,
        open: () => open(now()),
        star() {
          const favorite = !now().favorite;
          shelf = marked(shelf, { favorite }, guid);
          attempt(api.markUnmarkInboxMessageAsFavorite(guid, favorite), () => {
            shelf = marked(shelf, { favorite: !favorite }, guid);
          });
        },
        remove: () => remove(guid, row),
      });
    rows.set(guid, row);
    row.redraw(message);
    return row;
  };
  const redraw = () => {
    const shown = shelf.messages.filter(({ message_guid }) => message_guid !== leaving?.guid);
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
    if (!shown.length && !state.querySelector('button')) state.textContent = loading ? '…' : words.empty;
    more.hidden = shelf.complete || !shown.length;
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
    toast.replaceChildren();
  };
  const settle = () => {
    if (!leaving) return;
    const { guid } = leaving;
    stay();
    const before = shelf;
    shelf = without(shelf, guid);
    attempt(api.deleteInboxMessage(guid), () => {
      shelf = before;
    });
  };

  const load = async (from: number) => {
    more.disabled = true;
    try {
      const page = await api.getInboxMessagesWithBodies({ from, to: from + PAGE });
      shelf = from ? older(shelf, page) : refreshed(shelf, page);
      state.replaceChildren();
    } catch (cause) {
      failed(cause);
      const retry = button(words.retry, () => {
        state.replaceChildren();
        loading = true;
        redraw();
        load(from);
      });
      state.replaceChildren(make('p', {}, words.failed), retry);
    }
    loading = false;
    more.disabled = false;
    redraw();
  };
  redraw();

  return {
    element,
    refresh: () => void load(0),
    read({ message_guid: guid, read }) {
      if (read) return;
      shelf = marked(shelf, { read: true }, guid);
      attempt(api.markInboxMessageAsRead(guid), () => {
        shelf = marked(shelf, { read: false }, guid);
      });
    },
    focus: ({ message_guid }) => rows.get(message_guid)?.opener.focus(),
    settle,
    forget: stay,
  };
};
