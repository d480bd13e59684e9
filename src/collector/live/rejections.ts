/**
 * What was refused and why, newest first, as it happens.
 */
import { byId, element, note, table, tableRow } from './draw.ts';
import type { Refusal } from './shapes.ts';
import { count, timeText } from './words.ts';

const MOST = 200;
/** A flood of rejections must not redraw the table at every frame. */
const OFTEN = 300;

export interface RejectionsPanel {
  /** What the collector remembers. */
  show(refusals: Refusal[]): void;
  arrived(refusal: Refusal): void;
  /** A person looks: the count of new ones on the tab starts again. */
  seen(): void;
}

const byCode = (refusals: Refusal[]): [code: string, times: number][] => {
  const times = new Map<string, number>();
  for (const { code } of refusals) times.set(code, (times.get(code) ?? 0) + 1);
  return [...times].sort(([, one], [, other]) => other - one);
};

/** The event that holds the eid of a conflict can be looked at; nothing was stored of the others. */
const eidOf = ({ eid, code }: Refusal): Node =>
  code === 'eid_conflict' && eid
    ? element('a', { href: `#event=${encodeURIComponent(eid)}` }, element('code', {}, eid))
    : element('code', {}, eid ?? '–');

const row = (refusal: Refusal): (Node | string)[] => [
  element('time', {}, timeText(refusal.at)),
  element('code', { class: 'badge rejected' }, refusal.code),
  element('span', { class: 'message' }, refusal.message),
  refusal.event_type ?? '–',
  refusal.user_ext_id ?? '–',
  refusal.from,
  eidOf(refusal),
  element('code', {}, refusal.request_id),
];
const keyOf = ({ request_id, index, code }: Refusal): string => `${request_id} ${index} ${code}`;
const heads = ['Time', 'Code', 'Why', 'Type', 'Customer', 'From', 'eid', 'Request'];

export const createRejections = (): RejectionsPanel => {
  const panel = byId('panel-rejected');
  const content = byId('rejected-content');
  const badge = byId('rejected-new');
  let refusals: Refusal[] = [];
  let drawing = false;
  let unseen = 0;
  const draw = (): void => {
    const drawn = element('tbody', { role: 'rowgroup' }, ...refusals.map((refusal) => tableRow(heads, row(refusal))));
    const chips = byCode(refusals).map(([code, times]) =>
      element('li', {}, element('code', {}, code), ` ${count(times)}`),
    );
    const rows = content.querySelector('tbody');
    if (rows && refusals.length) {
      // The table stays, so that a reader's place in it does.
      rows.replaceWith(drawn);
      content.querySelector('.chips')?.replaceChildren(...chips);
    } else
      content.replaceChildren(
        ...(refusals.length
          ? [
              element('ul', { class: 'chips', 'aria-label': 'Rejections by code' }, ...chips),
              table('The last rejections, newest first', heads, refusals.map(row)),
            ]
          : [note('Nothing was rejected. An event that is, stands here with its code and reason.')]),
      );
  };
  const countUnseen = (number: number): void => {
    unseen = number;
    badge.textContent = number ? count(number) : '';
    badge.setAttribute('aria-label', number ? `${number} new` : '');
  };
  const drawSoon = (): void => {
    if (drawing || panel.hidden) return;
    drawing = true;
    setTimeout(() => {
      drawing = false;
      draw();
    }, OFTEN);
  };
  return {
    show: (all) => {
      // What arrived while the answer was under way is not in it.
      const known = new Set(all.map(keyOf));
      refusals = [...refusals.filter((one) => one.at >= (all[0]?.at ?? 0) && !known.has(keyOf(one))), ...all].slice(
        0,
        MOST,
      );
      drawSoon();
    },
    arrived: (refusal) => {
      refusals = [refusal, ...refusals].slice(0, MOST);
      if (panel.hidden) countUnseen(unseen + 1);
      drawSoon();
    },
    seen: () => {
      countUnseen(0);
      draw();
    },
  };
};
