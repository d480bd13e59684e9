/**
 * The campaigns of the label: all of them with what became of them, missions and segments beside, and one looked at closely.
 */
import { addressOf, writeAddress } from './admin-key.ts';
import type { CampaignApi } from './campaign-api.ts';
import { createCampaignDetail } from './campaign-detail.ts';
import type { CampaignLine, CampaignList, MissionLine, SegmentLine } from './campaign-shapes.ts';
import { showConfigNews } from './config-news.ts';
import { byId, element, note, table } from './draw.ts';
import { funnelOf } from './funnel.ts';
import { showMembers } from './segment-members.ts';
import type { SentTable } from './sent-table.ts';
import { count, countOf } from './words.ts';

interface CampaignsNeeds {
  api: CampaignApi;
  sent: SentTable;
  onProblem(problem: unknown): void;
}

export interface CampaignsPanel {
  /** All of them; asked for again, since what became of them changes. */
  show(): void;
  open(name: string): void;
}

const triggerWords: { [kind: string]: string } = {
  event: 'the event',
  system: 'the system event',
  entered: 'entering',
  left: 'leaving',
};
const trigger = (on: CampaignLine['on']): Node => {
  const [[kind, name] = ['', '']] = Object.entries(on);
  return element('span', {}, `${triggerWords[kind] ?? kind} `, element('code', {}, name));
};

const nameCell = ({ name, enabled }: CampaignLine): Node =>
  element(
    'span',
    {},
    element('a', { href: addressOf({ campaign: name }) }, name),
    ...(enabled ? [] : [element('span', { class: 'badge' }, 'off')]),
  );

const campaignRow = (campaign: CampaignLine): (Node | string)[] => {
  const { begun, sent, shown, clicked, keptBack } = funnelOf(campaign.counts);
  return [nameCell(campaign), trigger(campaign.on), ...[begun, sent, shown, clicked, keptBack].map(count)];
};

const missionRow = ({ title, tasks, counts }: MissionLine): (Node | string)[] => [
  title,
  element(
    'span',
    {},
    ...tasks.flatMap(({ event, count: times }, at) => [at ? ', ' : '', `${times} × `, element('code', {}, event)]),
  ),
  count(funnelOf(counts).begun),
];

const section = (heading: string, heads: string[], rows: (Node | string)[][], none: string): Node[] => [
  element('h3', {}, heading),
  rows.length ? table(heading, heads, rows) : note(none),
];

const drawList = ({ campaigns, missions }: CampaignList): void =>
  byId('campaign-list').replaceChildren(
    ...section(
      'Campaigns',
      ['Name', 'Begins with', 'Begun', 'Messages', 'Shown', 'Clicked', 'Kept back'],
      campaigns.map(campaignRow),
      'The config of this label has no campaigns.',
    ),
    ...section(
      'Missions',
      ['Title', 'Tasks', 'Completed'],
      missions.map(missionRow),
      'The config of this label has no missions.',
    ),
  );

export const createCampaigns = ({ api, sent, onProblem }: CampaignsNeeds): CampaignsPanel => {
  const detail = createCampaignDetail({ api, sent, onProblem, onClose: () => back() });
  const list = byId('campaigns-all');
  const back = (): void => {
    list.hidden = false;
    writeAddress(null);
    show();
  };
  const segmentRow = ({ name, rule, customers }: SegmentLine): (Node | string)[] => {
    const members = element('button', { type: 'button', class: 'quiet' }, countOf(customers, 'customer'));
    members.addEventListener('click', () => showMembers(name, api).catch(onProblem));
    return [name, element('code', { class: 'message' }, JSON.stringify(rule)), members];
  };
  const drawSegments = (segments: SegmentLine[]): void =>
    byId('segment-list').replaceChildren(
      ...section(
        'Segments',
        ['Name', 'Rule', 'In it'],
        segments.map(segmentRow),
        'The config of this label has no segments.',
      ),
    );
  const show = (): void => {
    if (list.hidden) return;
    const asked = [
      api.config().then(showConfigNews),
      api.campaigns().then(drawList),
      api.segments().then(drawSegments),
    ];
    Promise.all(asked).catch(onProblem);
  };
  return {
    show,
    open(name) {
      list.hidden = true;
      writeAddress({ campaign: name });
      detail.open(name);
    },
  };
};
