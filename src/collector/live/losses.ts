/**
 * What never arrived, and why: session by session, number by number.
 */
import { byId, element, note, table } from './draw.ts';
import type { LossReport, SessionLosses } from './shapes.ts';
import { count, lossSentence, lossWords, ranges, timeText } from './words.ts';

const totalsOf = ({ totals }: LossReport): Node => {
  const lines = Object.entries(totals).filter(([, number]) => number > 0);
  if (!lines.length) return note('No device has reported a loss.');
  return element(
    'dl',
    { class: 'totals' },
    ...lines.flatMap(([reason, number]) => [
      element('dt', {}, element('code', {}, reason), element('small', {}, lossWords[reason] ?? '')),
      element('dd', {}, count(number)),
    ]),
  );
};

const code = (text: string): Node => element('code', {}, text);

/** The numbers of each page that lacks some. */
const pagesOf = ({ pages }: SessionLosses): Node =>
  element(
    'ul',
    {},
    ...pages.map(({ page_id, given, stored, refused, lost, missing }) => {
      const gone = [...new Set(lost.map(({ reason }) => reason))].map(
        (reason) => `${reason} ${ranges(lost.filter((one) => one.reason === reason))}`,
      );
      if (missing.length) gone.push(`missing ${ranges(missing)}`);
      if (refused) gone.push(`refused ${count(refused)}`);
      return element('li', {}, code(page_id), ` ${count(stored)} of ${count(given)} stored; ${gone.join('; ')}`);
    }),
  );

export const showLosses = (report: LossReport): void => {
  const devices = report.devices.map(({ device_id, reason, count: number, reported_at }) => [
    code(device_id),
    code(reason),
    count(number),
    timeText(reported_at),
  ]);
  const sessions = report.sessions.map((session) => [
    timeText(session.last_at),
    lossSentence(session),
    pagesOf(session),
    code(session.session_id),
    code(session.device_id),
  ]);
  byId('losses-content').replaceChildren(
    element('h3', {}, 'By session'),
    note('Every page numbers its events from 1. A number that has not come may still be on its way.'),
    sessions.length
      ? table('Sessions that lack events', ['Last seen', 'What became of them', 'Pages', 'Session', 'Device'], sessions)
      : note('Every event that a page gave out is stored.'),
    element('h3', {}, 'By reason'),
    totalsOf(report),
    ...(devices.length
      ? [element('h3', {}, 'By device'), table('Losses by device', ['Device', 'Reason', 'Events', 'Reported'], devices)]
      : []),
  );
};
