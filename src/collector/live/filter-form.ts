/**
 * The filter's fields, the pause button and the line that says what the list shows.
 */
import { byId } from './draw.ts';
import type { FeedView } from './feed.ts';
import { type Filter, isFiltered } from './filter.ts';
import { countOf } from './words.ts';

const TYPING = 250;

interface FilterFormNeeds {
  onFilter(filter: Filter): void;
  onPause(): void;
  onResume(): void;
  /** For a screen reader: what a look-up found, that the list stopped or goes on; never each arrival. */
  say(text: string): void;
}

export interface FilterForm {
  show(view: FeedView): void;
  /** Puts a filter into the fields and asks for it. */
  set(filter: Filter): void;
}

const flowText = ({ rows, filter, flow, answered, skipped }: FeedView): string => {
  if (!answered) return '';
  const shown = countOf(rows.length, isFiltered(filter) ? 'matching event' : 'event');
  if (flow.at === 'paused')
    return `Paused at ${shown}; ${flow.missed ? `${countOf(flow.missed, 'new one')} since` : 'nothing new'}.`;
  return skipped
    ? `${shown}; ${countOf(skipped, 'more')} came too fast to show. A filter shows all that match.`
    : `${shown}.`;
};

const emptyText = ({ filter, answered, next }: FeedView): string => {
  if (!answered) return 'Looking …';
  if (!isFiltered(filter)) return 'No event yet. The first one appears here by itself.';
  return next === null
    ? 'No event matches. What arrives and matches will appear here.'
    : 'No match in the newest part of the log. Older events looks further back.';
};

export const createFilterForm = ({ onFilter, onPause, onResume, say }: FilterFormNeeds): FilterForm => {
  const fields = (['user', 'type', 'text'] as const).map(
    (part) => [part, byId<HTMLInputElement>(`filter-${part}`)] as const,
  );
  const pause = byId('pause');
  const flow = byId('flow');
  let typing: ReturnType<typeof setTimeout> | undefined;
  let paused = false;
  let said = '';

  const ask = (): void => {
    clearTimeout(typing);
    const [user = '', type = '', text = ''] = fields.map(([, field]) => field.value.trim());
    onFilter({ user, type, text });
  };
  const form = byId<HTMLFormElement>('filter');
  form.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(ask, TYPING);
  });
  form.addEventListener('submit', (submit) => {
    submit.preventDefault();
    ask();
  });
  // The fields are empty only after the event.
  form.addEventListener('reset', () => setTimeout(ask));
  pause.addEventListener('click', () => (paused ? onResume() : onPause()));

  return {
    show: (view) => {
      paused = view.flow.at === 'paused';
      pause.setAttribute('aria-pressed', String(paused));
      const text = flowText(view);
      if (flow.textContent !== text) flow.textContent = text;
      const standing = `${view.answered} ${view.flow.at}`;
      if (view.answered && standing !== said) say(text);
      said = standing;
      byId('filter-clear').hidden = !isFiltered(view.filter);
      byId('older').hidden = view.next === null;
      byId('no-events').hidden = view.rows.length > 0;
      byId('no-events').textContent = emptyText(view);
    },
    set: (filter) => {
      for (const [part, field] of fields) field.value = filter[part];
      ask();
    },
  };
};
