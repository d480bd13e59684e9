/**
 * One campaign looked at closely: what became of what it made, who got it, its definition, and for whom it would have begun.
 */
import type { CampaignApi } from './campaign-api.ts';
import type { CampaignDetail, DryRun } from './campaign-shapes.ts';
import { byId, element, note, table } from './draw.ts';
import { drawFunnel } from './funnel.ts';
import { type SentTable, whom } from './sent-table.ts';
import { countOf, timeText } from './words.ts';

interface DetailNeeds {
  api: Pick<CampaignApi, 'campaign' | 'dryRun'>;
  sent: SentTable;
  onProblem(problem: unknown): void;
  onClose(): void;
}

const HOUR = 3_600_000;
const stretches: [words: string, milliseconds: number][] = [
  ['the last hour', HOUR],
  ['the last day', 24 * HOUR],
  ['the last week', 168 * HOUR],
  ['everything stored', Number.POSITIVE_INFINITY],
];

const drawDryRun = ({ events, customers, fired, refused, more }: DryRun): Node[] => [
  element(
    'p',
    {},
    `It would have begun ${countOf(fired.length, 'time')}, for ${countOf(customers, 'customer')}, over ${countOf(events, 'event')}${more ? '; there are more than one try takes' : ''}.`,
  ),
  ...(fired.length
    ? [
        table(
          'For whom it would have begun',
          ['Time', 'Customer', 'Event'],
          fired.map((one) => [timeText(one.at), whom(one), element('code', {}, one.eid)]),
        ),
      ]
    : []),
  ...(refused.length
    ? [
        table(
          'Where it said no',
          ['First condition that said no', 'Times'],
          refused.map(({ why, count }) => [element('span', { class: 'message' }, why), String(count)]),
        ),
      ]
    : []),
];

export const createCampaignDetail = ({ api, sent, onProblem, onClose }: DetailNeeds) => {
  const panel = byId('campaign-detail');

  const dryRunForm = (name: string): HTMLElement => {
    const stretch = element(
      'select',
      { 'aria-label': 'Over which events' },
      ...stretches.map(([words], at) => element('option', { value: at }, words)),
    );
    const press = element('button', { type: 'submit' }, 'Try it, send nothing');
    const result = element('div', { role: 'status' });
    const form = element('form', { class: 'try' }, stretch, press);
    form.addEventListener('submit', (submit) => {
      submit.preventDefault();
      const [, length] = stretches[Number(stretch.value)]!;
      const from = Math.max(0, Date.now() - length);
      result.replaceChildren(note('Replaying …'));
      api.dryRun(name, from).then(
        (run) => result.replaceChildren(...drawDryRun(run)),
        (problem) => {
          result.replaceChildren();
          onProblem(problem);
        },
      );
    });
    return element('section', {}, element('h3', {}, 'For whom would it have begun?'), form, result);
  };

  const whoGotIt = (name: string, first: CampaignDetail): HTMLElement => {
    const pages = element('div', {});
    const older = element('button', { type: 'button' }, 'Older');
    let after = first.next;
    const add = ({ deliveries, next }: Pick<CampaignDetail, 'deliveries' | 'next'>): void => {
      if (deliveries.length) pages.append(sent.of(`What ${name} did`, deliveries, 'customer'));
      after = next;
      older.hidden = next === null;
    };
    add(first);
    if (first.deliveries.length === 0) pages.append(note('It has not begun for anybody yet.'));
    older.addEventListener('click', () => void api.campaign(name, after).then(add, onProblem));
    return element('section', {}, element('h3', {}, 'Who got it'), pages, older);
  };

  const draw = (campaign: CampaignDetail): void => {
    const back = element('button', { type: 'button', class: 'quiet' }, 'All campaigns');
    back.addEventListener('click', () => {
      panel.hidden = true;
      onClose();
    });
    const title = element('h2', { id: 'campaign-title', tabindex: -1 }, campaign.name);
    panel.replaceChildren(
      element('p', {}, back),
      title,
      ...drawFunnel(campaign.counts),
      element(
        'details',
        {},
        element('summary', {}, 'Definition'),
        element('pre', { tabindex: 0, 'aria-label': 'Definition' }, JSON.stringify(campaign.definition, null, 2)),
      ),
      dryRunForm(campaign.name),
      whoGotIt(campaign.name, campaign),
    );
    panel.hidden = false;
    title.focus();
  };
  /** One that is not there leaves the page to all of them, and the reason above. */
  const nothing = (problem: unknown): void => {
    panel.hidden = true;
    onClose();
    onProblem(problem);
  };
  return { open: (name: string): void => void api.campaign(name, null).then(draw, nothing) };
};
