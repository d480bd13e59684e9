/**
 * Draws one popup: its words and buttons as data, its HTML in a frame. Says what became of it, decides nothing.
 */
import type { PopupPush } from '../../wire/protocol.ts';
import { choices } from './choices.ts';
import { contentFrame } from './content-frame.ts';
import { iconButton } from './draw.ts';
import type { Layer, Sheet } from './layer.ts';
import type { Words } from './words.ts';

export interface PopupNeeds {
  layer: Layer;
  words: Words;
  /** Where its HTML is framed from. */
  contentUrl: string;
  /** More than half of it was in front of the visitor's eyes. */
  seen(): void;
  pressed(action: string): void;
  /** Its HTML did not come. `closed` follows. */
  failed(cause: unknown): void;
  closed(): void;
}

export const drawPopup = (
  { popup }: PopupPush,
  { layer, words, contentUrl, seen, pressed, failed, closed }: PopupNeeds,
): Sheet => {
  const { root, make } = layer;
  const close = () => sheet.close();
  // Focus goes to the title: on a button, the next key of somebody who is typing would press it.
  const title = make('h2', { tabindex: '-1', autofocus: '' }, popup.title);
  const content = popup.has_html ? contentFrame(layer, contentUrl, popup.title) : undefined;
  const press = (action: string) => {
    close();
    pressed(action);
  };
  const sight = new root.IntersectionObserver(
    (looks) => {
      if (!looks.some(({ isIntersecting }) => isIntersecting)) return;
      sight.disconnect();
      seen();
    },
    { threshold: 0.5 },
  );
  const sheet = layer.sheet(
    {
      kind: 'popup',
      label: popup.title,
      dir: popup.dir ?? root.getComputedStyle(root.document.documentElement).direction,
      size: popup,
      closed() {
        sight.disconnect();
        closed();
      },
    },
    title,
    iconButton(make, 'close', words.close, close),
    popup.body ? make('p', { class: 'text' }, popup.body) : null,
    content?.frame ?? null,
    choices(make, popup.buttons, press),
  );
  const show = () => {
    if (!sheet.dialog.isConnected) return;
    sheet.show();
    sight.observe(sheet.dialog);
  };
  // Shown whole or not at all: an empty box is nobody's message.
  if (content)
    content.loaded.then(show, (cause: unknown) => {
      if (!sheet.dialog.isConnected) return;
      failed(cause);
      close();
    });
  else show();
  return sheet;
};
