/**
 * What campaigns made for customers, row by row, and the words of one message.
 */
import { addressOf } from './admin-key.ts';
import type { CampaignApi } from './campaign-api.ts';
import type { SentMessage, SentRow } from './campaign-shapes.ts';
import { byId, element, table } from './draw.ts';
import { channelWords, stateText } from './funnel.ts';
import { nameOf, whoseOf } from './whose.ts';
import { exactTime, timeText } from './words.ts';

type Cells = (Node | string)[];

const time = (at: number): Node => element('time', { datetime: exactTime(at), title: exactTime(at) }, timeText(at));
export const whom = (row: Pick<SentRow, 'user_ext_id' | 'device_id'>): Node => {
  const whose = whoseOf(row);
  return whose ? element('a', { href: addressOf(whose) }, nameOf(whose)) : element('span', {}, 'somebody');
};

/** What an operator sent by hand and what a mission did have no campaign to look at. */
export const campaignNode = (campaign: string): Node => {
  if (campaign === 'admin') return element('span', {}, 'by hand');
  const isMission = campaign.startsWith('mission: ');
  return isMission ? element('span', {}, campaign) : element('a', { href: addressOf({ campaign }) }, campaign);
};

const isHtml = (part: string): boolean => part === 'html';

const partOf = ([name, value]: [string, unknown]): Node[] => {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  // Without scripts, forms, plug-ins and an origin; what it would load, this page's policy refuses.
  const shown = isHtml(name)
    ? element('iframe', { sandbox: '', srcdoc: text, title: 'The HTML as a mail program shows it' })
    : element('pre', { tabindex: 0, 'aria-label': name }, text);
  return [element('h3', {}, name), shown];
};

const drawMessage = (dialog: HTMLDialogElement, message: SentMessage): void => {
  const close = element('button', { type: 'button', class: 'primary' }, 'Close');
  close.addEventListener('click', () => dialog.close());
  const parts = Object.entries(message.words ?? {}).filter(([, value]) => value !== null);
  dialog.replaceChildren(
    element('h2', { id: 'message-title', tabindex: -1 }, channelWords[message.channel]),
    element('p', {}, 'To ', whom(message), ', ', time(message.at), `, ${stateText(message)}.`),
    ...(message.why ? [element('p', { class: 'note' }, message.why)] : []),
    ...parts.flatMap(partOf),
    close,
  );
};

export interface SentTable {
  of(caption: string, rows: readonly SentRow[], column: 'customer' | 'campaign'): HTMLElement;
}

export const createSentTable = (
  api: Pick<CampaignApi, 'message'>,
  onProblem: (problem: unknown) => void,
): SentTable => {
  const dialog = byId<HTMLDialogElement>('message');
  const open = async (uid: string): Promise<void> => {
    drawMessage(dialog, await api.message(uid));
    dialog.showModal();
    byId('message-title').focus();
  };
  const what = (row: SentRow): Node | string => {
    if (row.channel === 'run') return channelWords.run;
    const button = element('button', { type: 'button', class: 'quiet' }, channelWords[row.channel]);
    button.addEventListener('click', () => void open(row.uid).catch(onProblem));
    return button;
  };
  const rowOf = (row: SentRow, column: 'customer' | 'campaign'): Cells => [
    time(row.at),
    column === 'customer' ? whom(row) : campaignNode(row.campaign),
    what(row),
    element('span', { class: `badge ${row.status}` }, stateText(row)),
    element('span', { class: 'message' }, row.why || '–'),
  ];
  return {
    of: (caption, rows, column) =>
      table(
        caption,
        ['Time', column === 'customer' ? 'Customer' : 'Campaign', 'What', 'State', 'Why'],
        rows.map((row) => rowOf(row, column)),
      ),
  };
};
