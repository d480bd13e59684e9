/**
 * One message in the list: what it is about, its star and its delete. Drawn once and then redrawn in place, so that
 * whoever stands on it with the keyboard stays there.
 */
import { iconButton, type Make } from './draw.ts';
import type { Message } from './inbox-shelf.ts';
import type { Speech } from './words.ts';

export interface Row {
  element: HTMLLIElement;
  /** The button that opens the message. */
  opener: HTMLButtonElement;
  redraw(message: Message): void;
}

export interface RowNeeds {
  make: Make;
  speech: Speech;
  open(): void;
  star(): void;
  remove(): void;
}

/** `dd/MM/yyyy HH:mm:ss` of UTC, in the customer's own words and time. */
export const sentAt = (sent: string, language: string): string => {
  const date = new Date(sent.replace(/^(\d+)\D(\d+)\D(\d+) (.+)$/, '$3-$2-$1T$4Z'));
  return date.toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
};

export const createRow = (
  { sent_date, body: { title, preview_body } }: Message,
  { make, speech: { words, language }, open, star, remove }: RowNeeds,
): Row => {
  const unread = make('span', { class: 'unseen' }, words.count.replace('#', ''));
  const opener = make(
    'button',
    { class: 'message', click: open },
    make('span', { class: 'title' }, title),
    make('span', { class: 'preview' }, preview_body),
    make('time', {}, sentAt(sent_date, language)),
    unread,
  );
  const starring = iconButton(make, 'star', `${words.star}: ${title}`, star);
  const element = make('li', {}, opener, starring, iconButton(make, 'delete', `${words.delete}: ${title}`, remove));
  return {
    element,
    opener,
    redraw({ read, favorite }) {
      element.classList.toggle('new', !read);
      unread.hidden = read;
      starring.setAttribute('aria-pressed', `${favorite}`);
    },
  };
};
