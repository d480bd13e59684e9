/**
 * What every campaign said to one event, with the first condition that said no.
 */
import type { CampaignApi } from './campaign-api.ts';
import type { TraceRow, Verdict } from './campaign-shapes.ts';
import { element, note } from './draw.ts';
import { campaignNode, whom } from './sent-table.ts';

const verdictLine = ({ campaign, fired, why }: Verdict): HTMLLIElement =>
  element(
    'li',
    { class: fired ? 'fired' : 'refused' },
    campaignNode(campaign),
    element('span', { class: 'badge' }, fired ? 'began' : 'no'),
    element('small', {}, why),
  );

/** One event of one customer has one trace; a system event has one for each customer who was told. */
const traceList = (trace: TraceRow, isOneOfMany: boolean): Node[] => {
  const sorted = [...trace.verdicts].sort((a, b) => Number(b.fired) - Number(a.fired));
  return [
    ...(isOneOfMany ? [element('h4', {}, whom(trace))] : []),
    element('ol', { class: 'verdicts' }, ...sorted.map(verdictLine)),
  ];
};

/** A place for the trace, filled when the collector has answered. */
export const traceSection = (
  eid: string,
  api: Pick<CampaignApi, 'traces'>,
  onProblem: (problem: unknown) => void,
): HTMLElement => {
  const content = element('div', { role: 'status' }, note('Asking …'));
  api.traces(eid).then(({ traces, more }) => {
    const many = traces.length > 1;
    content.replaceChildren(
      ...(traces.length
        ? traces.flatMap((trace) => traceList(trace, many))
        : [note('No campaign mentions this event, or its trace is older than those that are kept.')]),
      ...(more ? [note('… and more')] : []),
    );
  }, onProblem);
  return element('section', {}, element('h3', {}, 'Campaigns'), content);
};
