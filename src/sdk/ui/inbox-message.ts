/**
 * Draws one message, opened: its text, its HTML in a frame, its buttons. Says what was pressed, decides nothing.
 */
import { choices } from './choices.ts';
import { contentFrame } from './content-frame.ts';
import { sentAt } from './inbox-row.ts';
import type { Message } from './inbox-shelf.ts';
import type { Layer } from './layer.ts';
import type { Speech } from './words.ts';

/** The link of a message that has nothing but itself to show. */
const ITSELF = 'dp:inbox';

export interface MessageNeeds {
  layer: Layer;
  speech: Speech;
  contentUrl: string;
  pressed(action: string): void;
  /** Its HTML did not come. */
  failed(cause: unknown): void;
}

export const drawMessage = (
  { sent_date, body: { title, preview_body, icon, action, html_body, buttons = [] } }: Message,
  { layer, speech: { words, language }, contentUrl, pressed, failed }: MessageNeeds,
): HTMLElement => {
  const { make } = layer;
  const content = html_body ? contentFrame(layer, contentUrl, title) : undefined;
  content?.loaded.catch((cause: unknown) => {
    content.frame.replaceWith(make('p', { class: 'state', role: 'alert' }, words.failed));
    failed(cause);
  });
  const image = icon
    ? make('img', { src: icon, alt: '', referrerpolicy: 'no-referrer', error: () => image?.remove() })
    : null;
  const links = action && action !== ITSELF ? [{ text: words.open, action }, ...buttons] : buttons;
  return make(
    'article',
    {},
    make('h3', { tabindex: '-1' }, title),
    make('time', {}, sentAt(sent_date, language)),
    image,
    preview_body ? make('p', { class: 'text' }, preview_body) : null,
    content?.frame ?? null,
    choices(make, links, pressed),
  );
};
