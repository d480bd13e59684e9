/**
 * The inbox on the screen: a sheet at the side, the whole of a phone. Shows the list, or one message of it; keeps up with
 * what comes while it is open.
 */
import type { activityTypes } from '../../wire/protocol.ts';
import { iconButton } from './draw.ts';
import { createInboxList } from './inbox-list.ts';
import { drawMessage } from './inbox-message.ts';
import type { Message } from './inbox-shelf.ts';
import type { Layer } from './layer.ts';
import type { UiNeeds } from './ui.ts';
import type { Speech } from './words.ts';

const TYPE: typeof activityTypes.inbox = 31;
const UNREAD = 'core_inbox_unread_count';

export interface InboxPanel {
  dialog: HTMLDialogElement;
  /** Closes without a word to the collector: the customer is another one. */
  forget(): void;
}

export const openInboxPanel = (
  { api, callbacks, props, report, pressed, discard, contentUrl, tell }: UiNeeds,
  layer: Layer,
  speech: Speech,
  closed: () => void,
): InboxPanel => {
  const { make, root } = layer;
  const { words } = speech;
  const failed = (cause: unknown) => tell('collector_unreachable', 'inbox', cause);

  const list = createInboxList({
    layer,
    speech,
    api,
    discard,
    unread: () => props()?.[UNREAD],
    open: (message) => open(message),
    failed,
  });
  const back = iconButton(make, 'back', words.back, () => goBack());
  const title = make('h2', { tabindex: '-1', autofocus: '' }, words.inbox);
  const header = make(
    'header',
    {},
    back,
    title,
    iconButton(make, 'close', words.close, () => sheet.close()),
  );
  let goBack = () => {};
  back.hidden = true;

  const open = (message: Message) => {
    const { message_guid: guid } = message;
    const box = list.element.parentElement;
    const scrolled = box?.scrollTop ?? 0;
    const article = drawMessage(message, {
      layer,
      speech,
      contentUrl: contentUrl(guid),
      pressed(action) {
        sheet.close();
        pressed(guid, TYPE, action);
      },
      failed,
    });
    list.element.replaceWith(article);
    back.hidden = false;
    article.querySelector('h3')?.focus();
    goBack = () => {
      article.replaceWith(list.element);
      back.hidden = true;
      box?.scrollTo(0, scrolled);
      list.focus(message);
    };
    list.read(message);
    report('impression', guid, TYPE);
  };

  const off = callbacks.on(':props_change', (changed: object) => {
    if (UNREAD in changed) list.refresh();
  });
  const sheet = layer.sheet(
    {
      kind: 'inbox',
      label: words.inbox,
      dir: speech.dir,
      closed() {
        off();
        root.removeEventListener('pagehide', list.leave);
        list.settle();
        closed();
      },
    },
    header,
    list.element,
  );
  root.addEventListener('pagehide', list.leave);
  sheet.show();
  list.refresh();
  return {
    dialog: sheet.dialog,
    forget() {
      list.forget();
      sheet.close();
    },
  };
};
