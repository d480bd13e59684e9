/**
 * Who is in a segment, in a dialog, a page at a time.
 */
import type { CampaignApi } from './campaign-api.ts';
import { byId, element, note, table } from './draw.ts';
import { whom } from './sent-table.ts';
import { exactTime, timeText } from './words.ts';

export const showMembers = async (segment: string, api: Pick<CampaignApi, 'members'>): Promise<void> => {
  const dialog = byId<HTMLDialogElement>('message');
  const pages = element('div', {});
  const more = element('button', { type: 'button' }, 'More');
  let after: string | null = null;
  const add = async (): Promise<void> => {
    const { members, next } = await api.members(segment, after);
    const rows = members.map((one) => [
      whom(one),
      element('time', { datetime: exactTime(one.since) }, timeText(one.since)),
    ]);
    pages.append(
      rows.length ? table(`Customers in ${segment}`, ['Customer', 'Since'], rows) : note('Nobody is in it.'),
    );
    after = next;
    more.hidden = next === null;
  };
  await add();
  const close = element('button', { type: 'button', class: 'primary' }, 'Close');
  close.addEventListener('click', () => dialog.close());
  more.addEventListener('click', () => void add());
  dialog.replaceChildren(element('h2', { id: 'message-title', tabindex: -1 }, segment), pages, more, close);
  dialog.showModal();
  byId('message-title').focus();
};
