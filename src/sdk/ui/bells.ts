/**
 * Every `[data-smartico-bell]` of the page says how many messages are unread and opens the inbox. The elements are the
 * operator's: nothing of theirs is taken away, and any style of theirs wins.
 */
import type { Platform } from '../platform.ts';
import bellLook from './bells.css';
import type { Words } from './words.ts';

const BELL = '[data-smartico-bell]';
const MOST = 99;

export interface Bells {
  /** From the first call on: whatever bell is on the page, or comes later. */
  ring(): void;
  /** The count may be another. */
  redraw(): void;
}

export const createBells = (
  { root }: Platform,
  words: () => Words,
  unread: () => number,
  pressed: () => void,
): Bells => {
  const { document } = root;
  /** What each was called before we said a number. */
  const names = new WeakMap<Element, string>();
  let ringing = false;
  let due = false;

  const tellCount = (bell: Element) => {
    const count = unread();
    const { inbox, count: unreadWords } = words();
    const name = names.get(bell) ?? (bell.getAttribute('aria-label') || bell.textContent?.trim() || inbox);
    const number = count > MOST ? `${MOST}+` : `${count}`;
    const label = count > 0 ? `${name}, ${unreadWords.replace('#', number)}` : name;
    if (!names.has(bell) && !bell.matches('a[href], button')) {
      bell.setAttribute('role', 'button');
      bell.setAttribute('tabindex', '0');
    }
    names.set(bell, name);
    // What does not change is left alone: a page may answer every change with another one.
    if (bell.getAttribute('aria-label') === label) return;
    if (count > 0) bell.setAttribute('data-count', number);
    else bell.removeAttribute('data-count');
    bell.setAttribute('aria-label', label);
  };
  const tellAll = () => {
    due = false;
    for (const bell of document.querySelectorAll(BELL)) tellCount(bell);
  };
  /** A page that builds itself changes a thousand times: one look after all of that is enough. */
  const soon = () => {
    if (!due) root.setTimeout(tellAll, 100);
    due = true;
  };
  const press = (event: Event) => {
    const bell = (event.target as Element).closest?.(BELL);
    if (!bell || ('key' in event && !/^(Enter| )$/.test(`${event.key}`))) return;
    event.preventDefault();
    pressed();
  };

  return {
    ring() {
      tellAll();
      if (ringing) return;
      ringing = true;
      const sheet = new root.CSSStyleSheet();
      sheet.replaceSync(bellLook);
      document.adoptedStyleSheets.push(sheet);
      new root.MutationObserver(soon).observe(document, { childList: true, subtree: true });
      document.addEventListener('click', press);
      document.addEventListener('keydown', press);
    },
    redraw() {
      if (ringing) tellAll();
    },
  };
};
