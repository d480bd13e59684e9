/**
 * What never arrived: counted by the devices themselves, and seen as gaps in a page's numbering.
 */
import { byId, element, note, table } from './draw.ts';
import type { Gap, LossReport } from './shapes.ts';
import { count, lossWords, ranges, timeText } from './words.ts';

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

const missingText = ({ highest_seq, stored, missing }: Gap): string => {
  const more = highest_seq - stored - missing.length;
  return more > 0 ? `${ranges(missing)} and ${count(more)} more` : ranges(missing);
};

const code = (text: string): Node => element('code', {}, text);

export const showLosses = (report: LossReport): void => {
  const devices = report.devices.map(({ device_id, reason, count: number, reported_at }) => [
    code(device_id),
    code(reason),
    count(number),
    timeText(reported_at),
  ]);
  const gaps = report.gaps.map((gap) => [
    timeText(gap.last_at),
    missingText(gap),
    `${count(gap.stored)} of ${count(gap.highest_seq)}`,
    code(gap.page_id),
    code(gap.session_id),
    code(gap.device_id),
  ]);
  byId('losses-content').replaceChildren(
    element('h3', {}, 'By reason'),
    totalsOf(report),
    ...(devices.length
      ? [element('h3', {}, 'By device'), table('Losses by device', ['Device', 'Reason', 'Events', 'Reported'], devices)]
      : []),
    element('h3', {}, 'Gaps'),
    note('Every page numbers its events from 1. A number that has not come is on its way, or lost.'),
    gaps.length
      ? table('Pages with missing numbers', ['Last seen', 'Missing', 'Arrived', 'Page', 'Session', 'Device'], gaps)
      : note('No gaps: every number that a page gave out has arrived.'),
  );
};
