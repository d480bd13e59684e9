/**
 * The customer's messages: a list, and one of them opened. It only shows; to read, star or delete is the customer's own.
 */
import type { InboxItem } from '../../wire/protocol.ts';
import { button, element, icon } from './draw.ts';
import { type InboxPage, PAGE, type Questions } from './questions.ts';
import type { Words } from './words.ts';

interface InboxNeeds {
  words: Words;
  lang: string;
  questions: Questions;
  /** Where server HTML is framed from; the message's id follows. */
  contentUrl: string;
  show(...parts: Node[]): void;
  onProblem(problem: unknown): void;
}

export interface Inbox {
  list(): void;
  /** Back from a message to the list; `false` if there was none open. */
  back(): boolean;
}

const ARROW = 'M10 3 5 8l5 5';

export const createInbox = (first: InboxPage, needs: InboxNeeds): Inbox => {
  const { words, lang, questions, contentUrl, show, onProblem } = needs;
  const when = new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'short' });
  const items = [...first.log];
  let hasMore = first.log.length === PAGE;
  let opened: string | null = null;

  const time = ({ create_date }: InboxItem): HTMLElement =>
    element('time', { datetime: new Date(create_date).toISOString() }, when.format(create_date));

  const row = (item: InboxItem): HTMLElement => {
    const { body, engagement_uid, is_read } = item;
    const unread = is_read ? [] : [element('span', { class: 'dot' }, words.unread)];
    return element(
      'li',
      {},
      button(
        { class: is_read ? 'row' : 'row unread', id: `row-${engagement_uid}` },
        () => open(item),
        element('strong', {}, ...unread, element('bdi', {}, body.title)),
        time(item),
        element('span', { class: 'preview' }, element('bdi', {}, body.body)),
      ),
    );
  };

  const older = async (): Promise<void> => {
    const page = await questions.inbox(items.length);
    items.push(...page.log);
    hasMore = page.log.length === PAGE;
    const next = page.log[0];
    list(next?.engagement_uid);
  };

  const list = (focused?: string): void => {
    opened = null;
    show(
      items.length
        ? element('ul', { class: 'messages', 'aria-label': words.inbox }, ...items.map(row))
        : element('p', { class: 'empty' }, words.noMessages),
      ...(hasMore ? [button({ class: 'older' }, () => void older().catch(onProblem), words.older)] : []),
    );
    if (focused) document.getElementById(`row-${focused}`)?.focus();
  };

  const open = (item: InboxItem): void => {
    const { body, engagement_uid } = item;
    opened = engagement_uid;
    const title = element('h2', { tabindex: -1, dir: 'auto' }, body.title);
    const picture = body.image ? [element('img', { src: body.image, alt: '', referrerpolicy: 'no-referrer' })] : [];
    for (const image of picture) image.addEventListener('error', () => image.remove());
    const framed = {
      class: 'html',
      title: body.title || words.message,
      sandbox: 'allow-popups allow-popups-to-escape-sandbox',
      referrerpolicy: 'no-referrer',
      src: contentUrl + encodeURIComponent(engagement_uid),
    };
    show(
      button({ class: 'back' }, () => list(engagement_uid), icon(ARROW, 'arrow'), words.back),
      element(
        'article',
        {},
        title,
        time(item),
        ...picture,
        element('p', { class: 'text', dir: 'auto' }, body.body),
        ...(body.html_body === null ? [] : [element('iframe', framed)]),
      ),
    );
    title.focus();
  };

  return {
    list: () => list(),
    back() {
      if (opened === null) return false;
      list(opened);
      return true;
    },
  };
};
