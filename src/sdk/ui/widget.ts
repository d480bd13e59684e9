/**
 * The widget: a page of the collector's with the customer's profile, in a sheet of ours or in a frame of the operator's.
 * It says `{ bcid: 1 }` when it is there and `{ bcid: 2 }` when it wants to be closed; nobody else is listened to.
 */
import { smarticoError } from '../notice.ts';
import { iconButton } from './draw.ts';
import type { Layer } from './layer.ts';
import type { UiNeeds } from './ui.ts';
import type { Speech } from './words.ts';

const READY = 1;
const CLOSE = 2;

export interface Widget {
  open(screen: string, params: { [name: string]: unknown }): void;
  close(): void;
}

export const createWidget = (
  { widgetUrl, callbacks, skin }: UiNeeds,
  { root, make, ...layer }: Layer,
  speech: () => Speech,
): Widget => {
  let close = () => {};

  const addressOf = (screen: string, { theme }: { [name: string]: unknown }) => {
    const url = new URL(widgetUrl(screen));
    url.searchParams.set('theme', `${theme ?? skin()}`);
    url.searchParams.set('lang', speech().language);
    return url;
  };
  /** A frame of the operator's, by its id. */
  const frameOf = (id: unknown): HTMLIFrameElement | undefined => {
    if (!id) return;
    const frame = root.document.getElementById(`${id}`);
    if (frame?.localName !== 'iframe') throw smarticoError('bad_argument', `no iframe ${id}`);
    return frame as HTMLIFrameElement;
  };

  return {
    open(screen, params) {
      const url = addressOf(screen, params);
      const theirs = frameOf(params.iframe);
      close();
      callbacks.emit('gf_starting');
      const { words, dir } = speech();
      const frame = theirs ?? make('iframe', { title: words.profile });
      const header = make(
        'header',
        {},
        make('h2', {}, words.profile),
        iconButton(make, 'close', words.close, () => close()),
      );
      const hear = ({ source, origin, data }: MessageEvent<unknown>) => {
        if (source !== frame.contentWindow || origin !== url.origin) return;
        const { bcid } = Object(data) as { bcid?: unknown };
        if (bcid === READY) {
          // It has a close of its own.
          header.hidden = true;
          callbacks.emit('gf_started');
        }
        if (bcid === CLOSE) close();
      };
      const end = () => {
        close = () => {};
        root.removeEventListener('message', hear);
        if (theirs) theirs.src = 'about:blank';
        callbacks.emit('gf_closing');
      };
      root.addEventListener('message', hear);
      frame.referrerPolicy = 'no-referrer';
      frame.src = url.href;
      if (params.height) frame.setAttribute('height', `${params.height}`);
      if (theirs) close = end;
      else {
        const sheet = layer.sheet({ kind: 'widget', label: words.profile, dir, closed: end }, header, frame);
        close = sheet.close;
        sheet.show();
      }
    },
    close: () => close(),
  };
};
