/**
 * What was refused and why, newest first, as it happens.
 */
import { byId, element, note, table } from './draw.ts';
import type { Refusal } from './shapes.ts';
import { count, countOf, timeText } from './words.ts';

const MOST = 200;

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
const heads = ['Time', 'Code', 'Why', 'Type', 'Customer', 'From', 'eid', 'Request'];

export const createRejections = (beforeDrawing: (run: () => void) => void): RejectionsPanel => {
  const content = byId('rejected-content');
  const badge = byId('rejected-new');
  let refusals: Refusal[] = [];
  let drawing = false;
  let unseen = 0;
  const draw = (): void => {
    drawing = false;
    const chips = byCode(refusals).map(([code, times]) =>
      element('li', {}, element('code', {}, code), ` ${count(times)}`),
    );
    content.replaceChildren(
      ...(refusals.length
        ? [
            element('ul', { class: 'chips', 'aria-label': 'Rejections by code' }, ...chips),
            table(`The last ${countOf(refusals.length, 'rejection')}, newest first`, heads, refusals.map(row)),
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
    if (!drawing) beforeDrawing(draw);
    drawing = true;
  };
  return {
    show: (all) => {
      refusals = all;
      drawSoon();
    },
    arrived: (refusal) => {
      refusals = [refusal, ...refusals].slice(0, MOST);
      if (byId('panel-rejected').hidden) countUnseen(unseen + 1);
      drawSoon();
    },
    seen: () => countUnseen(0),
  };
};
