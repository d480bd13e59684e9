/**
 * What a person typed to be sent, as the request that the collector reads. Pure: it judges nothing, the collector does.
 */
export const kinds = ['popup', 'inbox', 'deep_link', 'push'] as const;
export type Kind = (typeof kinds)[number];

export const parts = ['title', 'body', 'html', 'dp', 'image', 'icon', 'button', 'action', 'expires'] as const;
export type Part = (typeof parts)[number];
export type Draft = { [part in Part]: string };

/** Which parts each kind has, in the order in which they are asked for. */
export const partsOf: { [kind in Kind]: Part[] } = {
  popup: ['title', 'body', 'html', 'button', 'action', 'expires'],
  inbox: ['title', 'body', 'html', 'image', 'button', 'action', 'expires'],
  deep_link: ['dp', 'expires'],
  push: ['title', 'body', 'action', 'icon'],
};

export interface Wanted {
  kind: Exclude<Kind, 'push'>;
  [name: string]: unknown;
}
export interface PushNotice {
  title: string;
  body: string;
  action?: string;
  icon?: string;
}

export const noticeIn = ({ title, body, action, icon }: Draft): PushNotice => ({
  title,
  body,
  ...(action && { action }),
  ...(icon && { icon }),
});

/** @param now an expiry is given as the milliseconds from now */
export const wantedIn = (kind: Wanted['kind'], draft: Draft, now: number): Wanted => {
  const { title, body, html, image, dp, button, action, expires } = draft;
  const has = (part: Part): boolean => partsOf[kind].includes(part) && draft[part] !== '';
  return {
    kind,
    ...(kind === 'deep_link' ? { dp } : { title }),
    // An inbox message without a text is a mistake that the collector names.
    ...((has('body') || kind === 'inbox') && { body }),
    ...(has('html') && { html }),
    ...(has('image') && { image }),
    ...((has('button') || has('action')) && { buttons: [{ text: button, action }] }),
    ...(has('expires') && { expires_at: now + Number(expires) }),
  };
};
