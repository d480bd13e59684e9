/**
 * Draws the list of events and moves through it by keyboard: one tab stop, arrows go from row to row, Enter opens.
 * Only rows that are new are made; a row that a pointer is pressing does not move away under it.
 */
import { byId, element } from './draw.ts';
import { MOST_ROWS } from './rows.ts';
import type { StoredEvent } from './shapes.ts';
import { exactTime, payloadLine, timeText, title, trustWords, who } from './words.ts';

export interface EventList {
  show(rows: StoredEvent[]): void;
  /** Marks the row whose event is open; `null` for none. */
  mark(eid: string | null): void;
  /** Back to the row of this event, or to the list where the row is gone. */
  focus(eid: string): void;
}

/** Above this many at once nobody can follow single arrivals, and lighting each up costs more than drawing it. */
const FEW = 5;

const rowOf = (event: StoredEvent, open: (event: StoredEvent) => void): HTMLLIElement => {
  const { event_date, event_type, trust } = event;
  const button = element(
    'button',
    { type: 'button', class: 'row', tabindex: -1 },
    element('time', { datetime: exactTime(event_date), title: exactTime(event_date) }, timeText(event_date)),
    element('span', { class: 'what' }, title(event)),
    element('span', { class: event.user_ext_id === null ? 'who nobody' : 'who' }, who(event)),
    element('span', { class: 'payload' }, payloadLine(event)),
    element('span', { class: `badge ${trust}`, title: trustWords[trust] }, trust),
  );
  button.title = event_type;
  button.addEventListener('click', () => open(event));
  return element('li', {}, button);
};

export const createEventList = (open: (event: StoredEvent) => void): EventList => {
  const list = byId('event-list');
  const items = new Map<number, { item: HTMLLIElement; eid: string }>();
  let rows: StoredEvent[] = [];
  let marked: string | null = null;
  let pressed = false;

  const buttons = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>('.row')];
  const reachable = (button: HTMLElement | undefined): void => {
    list.querySelector('.row[tabindex="0"]')?.setAttribute('tabindex', '-1');
    if (button) button.tabIndex = 0;
  };

  const draw = (): void => {
    const wanted = new Set(rows.map(({ cursor }) => cursor));
    const focused = list.contains(document.activeElement);
    for (const [cursor, { item }] of items)
      if (!wanted.has(cursor)) {
        item.remove();
        items.delete(cursor);
      }
    const few = rows.length - items.size <= FEW;
    // What stays keeps its order, so that everything new is an insertion.
    let place = list.firstElementChild;
    for (const event of rows) {
      const known = items.get(event.cursor);
      if (known) place = known.item.nextElementSibling;
      else {
        const item = rowOf(event, open);
        if (few) item.className = 'fresh';
        items.set(event.cursor, { item, eid: event.eid });
        list.insertBefore(item, place);
        if (event.eid === marked) item.firstElementChild?.setAttribute('aria-current', 'true');
      }
    }
    if (!list.querySelector('.row[tabindex="0"]')) reachable(buttons().at(focused ? -1 : 0));
    // The row that had the focus fell off the end: the focus stays in the list.
    if (focused && !list.contains(document.activeElement)) buttons().at(-1)?.focus();
  };

  const steps: { [key: string]: number } = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: 10,
    PageUp: -10,
    Home: -MOST_ROWS,
    End: MOST_ROWS,
  };
  list.addEventListener('keydown', (press) => {
    const step = steps[press.key];
    if (!step) return;
    press.preventDefault();
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    next?.focus();
  });
  list.addEventListener('focusin', ({ target }) => reachable(target as HTMLElement));
  list.addEventListener('pointerdown', () => {
    pressed = true;
  });
  const released = (): void => {
    if (!pressed) return;
    pressed = false;
    // After the click that this release makes.
    setTimeout(draw);
  };
  addEventListener('pointerup', released);
  addEventListener('pointercancel', released);

  const buttonOf = (eid: string | null): Element | null | undefined =>
    [...items.values()].find((one) => one.eid === eid)?.item.firstElementChild;

  return {
    show: (all) => {
      rows = all;
      if (!pressed) draw();
    },
    mark: (eid) => {
      buttonOf(marked)?.removeAttribute('aria-current');
      marked = eid;
      buttonOf(eid)?.setAttribute('aria-current', 'true');
    },
    focus: (eid) => {
      const button = buttonOf(eid) ?? list.querySelector('.row');
      if (button instanceof HTMLElement) button.focus();
    },
  };
};
