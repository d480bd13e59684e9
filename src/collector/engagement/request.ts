/**
 * What an operator asks to be sent: unknown JSON in, its content or every mistake at once out. Pure; who it is for and
 * whether it was sent before, `engagements.ts` knows.
 */
import { fields } from '../config/place.ts';
import type { Removed } from './clean-html.ts';
import type { Content, DeepLinkContent, InboxContent, PopupContent } from './content.ts';
import { openReading, type Reading, type RequestMistake } from './reading.ts';
import { linkProblem, type Places, pictureProblem } from './safe-link.ts';

export interface Requested {
  /** The operator's own, if one was given. */
  uid: string | undefined;
  content: Content;
  /** What was taken out of the HTML. */
  removed: Removed[];
}
export type ReadRequest = { ok: true; requested: Requested } | { ok: false; mistakes: RequestMistake[] };
type Read<Kind extends Content> = (reading: Reading, places: Places) => { uid: string | undefined; content: Kind };

export const longest = { title: 200, body: 4_000 } as const;
const always = ['kind', 'engagement_uid', 'expires_at'] as const;
/** Names of what each shows. */
export const shownNames = {
  popup: ['title', 'body', 'html', 'width', 'height', 'buttons', 'priority', 'dir'],
  inbox: ['title', 'body', 'image', 'action', 'html', 'buttons', 'category_id', 'custom_data'],
} as const;

const readPopup: Read<PopupContent> = (reading, places) => {
  const known = fields(reading.root, [...always, ...shownNames.popup], ['title']);
  const html = reading.html(known.html, places);
  const popup = {
    title: reading.text(known.title, longest.title),
    body: reading.textOrNull(known.body, longest.body),
    has_html: html !== null,
    width: reading.whole(known.width, 200, 2000) ?? 480,
    height: reading.whole(known.height, 50, 2000) ?? 320,
    buttons: reading.buttons(known.buttons),
    priority: reading.whole(known.priority, -1000, 1000) ?? 0,
    expires_at: reading.expiry(known.expires_at),
    dir: reading.oneOf(known.dir, ['ltr', 'rtl']),
  };
  return { uid: reading.uid(known.engagement_uid), content: { kind: 'popup', popup, html } };
};

/** Published clients show HTML and buttons only where the message's action is this. */
const OPENS_ITSELF = 'dp:inbox';

const readInbox: Read<InboxContent> = (reading, places) => {
  const known = fields(reading.root, [...always, ...shownNames.inbox], ['title', 'body']);
  const html = reading.html(known.html, places);
  const buttons = reading.buttons(known.buttons);
  const isRich = html !== null || buttons.length > 0;
  const action = reading.address(known.action, linkProblem) ?? (isRich ? OPENS_ITSELF : null);
  if (isRich && action !== OPENS_ITSELF)
    known.action?.mistake(`must be ${OPENS_ITSELF}, or absent, in a message with HTML or buttons`);
  const content: InboxContent = {
    kind: 'inbox',
    title: reading.text(known.title, longest.title),
    body: reading.text(known.body, longest.body),
    image: reading.address(known.image, (text) => pictureProblem(text, places)),
    action,
    html,
    buttons,
    category_id: reading.whole(known.category_id, 0, 1_000_000),
    custom_data: reading.customData(known.custom_data),
    expires_at: reading.expiry(known.expires_at),
  };
  return { uid: reading.uid(known.engagement_uid), content };
};

const readDeepLink: Read<DeepLinkContent> = (reading) => {
  const known = fields(reading.root, [...always, 'dp'], ['dp']);
  const dp = reading.address(known.dp, linkProblem) ?? '';
  const content: DeepLinkContent = { kind: 'deep_link', dp, expires_at: reading.expiry(known.expires_at) };
  return { uid: reading.uid(known.engagement_uid), content };
};

const readers: { [kind in Content['kind']]: Read<Content> } = {
  popup: readPopup,
  inbox: readInbox,
  deep_link: readDeepLink,
};

/** The operator's own id, of a request that may be wrong in any other way. */
export const givenUid = (request: unknown): string | undefined => {
  const { engagement_uid } = Object(request) as { engagement_uid?: unknown };
  return typeof engagement_uid === 'string' ? engagement_uid : undefined;
};

export const readRequest = (value: unknown, places: Places, now: number): ReadRequest => {
  const reading = openReading(value, now);
  const given = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
  const read =
    typeof given === 'string' && Object.hasOwn(readers, given) ? readers[given as Content['kind']] : undefined;
  if (!read) reading.root.inside(given, 'kind').mistake(`must be one of ${Object.keys(readers).join(', ')}`);
  const wanted = read?.(reading, places);
  const mistakes = reading.mistakes();
  if (!wanted || mistakes.length > 0) return { ok: false, mistakes };
  return { ok: true, requested: { ...wanted, removed: reading.removed() } };
};
