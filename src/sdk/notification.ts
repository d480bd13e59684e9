/**
 * What a push message says, and where a click on it leads. Pure. Whatever is not as it should be becomes something that
 * can be shown all the same: a browser takes the permission back from a site that stays silent.
 */
import { parseJson } from './json.ts';
import { LOCALHOST } from './localhost.ts';

/** Of the service worker's scope. It has one of its own, so that the site's own worker and its subscriptions stay as they are. */
export const PUSH_SCOPE = '-push';

export interface Notification {
  title: string;
  options: NotificationOptions & { data: { action: string } };
}

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '');

/** @param site the site's origin; its host speaks where the message has no title */
export const readNotification = (text: string, site: string): Notification => {
  const { title, body, icon, action } = Object(parseJson(text) ?? { body: text });
  const options: Notification['options'] = { body: textIn(body), data: { action: textIn(action) } };
  if (icon) options.icon = textIn(icon);
  return { title: textIn(title) || new URL(site).host, options };
};

export interface Destination {
  /** For a page of the site that is open already; empty to show it only. */
  link?: string;
  /** For a new window. */
  open: string;
}

/** @param name of the SDK's global on the site, which a deep link in an address begins with */
export const destinationOf = (action: string, site: string, name: string): Destination => {
  try {
    if (/^\s*dp:/i.test(action)) return { link: action, open: `${site}/#${name}_dp=${encodeURIComponent(action)}` };
    const { protocol, origin, href } = new URL(action, site);
    if (action && (protocol === 'https:' || origin === site || LOCALHOST.test(origin))) return { open: href };
  } catch {
    // no address at all: the click still shows the site
  }
  return { link: '', open: `${site}/` };
};
