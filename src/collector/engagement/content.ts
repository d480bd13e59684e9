/**
 * What an engagement shows, as it is kept and as it travels. Pure. The customer's state knows that there is an engagement
 * and what became of it; the words and the HTML are kept once, under its id.
 */
import type { Payload } from '../../wire/event.ts';
import {
  activityTypes,
  type Button,
  cids,
  type DeepLinkPush,
  type InboxBody,
  type InboxPush,
  type PopupPush,
} from '../../wire/protocol.ts';
import type { Engagement } from '../engine/customer-state.ts';

export interface PopupContent {
  kind: 'popup';
  popup: PopupPush['popup'];
  /** Cleaned. */
  html: string | null;
}

export interface InboxContent {
  kind: 'inbox';
  title: string;
  body: string;
  image: string | null;
  action: string | null;
  /** Cleaned. */
  html: string | null;
  buttons: Button[];
  category_id: number | null;
  custom_data: Payload | null;
  expires_at: number | null;
}

export interface DeepLinkContent {
  kind: 'deep_link';
  dp: string;
  expires_at: number | null;
}

export type Content = PopupContent | InboxContent | DeepLinkContent;

/** Our own text, kept by us: it is read back without a second door. */
export const contentText = (content: Content): string => JSON.stringify(content);
export const readContent = (text: string): Content => JSON.parse(text) as Content;

export const expiryOf = (content: Content): number | null =>
  content.kind === 'popup' ? content.popup.expires_at : content.expires_at;

export const htmlOf = (content: Content): string | null => (content.kind === 'deep_link' ? null : content.html);

/** What a list of engagements calls it. */
export const aboutOf = (content: Content): string => {
  if (content.kind === 'deep_link') return content.dp;
  return content.kind === 'popup' ? content.popup.title : content.title;
};

export const inboxBody = (content: InboxContent): InboxBody => ({
  title: content.title,
  body: content.body,
  image: content.image,
  action: content.action,
  html_body: content.html,
  additional_buttons: content.buttons.map(({ text, action }) => ({ inbox_cta_text: text, action })),
  custom_data: content.custom_data,
});

export const pushOf = (engagement_uid: string, content: Content): PopupPush | InboxPush | DeepLinkPush => {
  if (content.kind === 'popup')
    return {
      cid: cids.engagementPush,
      engagement_uid,
      activityType: activityTypes.popup,
      popup: content.popup,
    };
  if (content.kind === 'inbox') return { cid: cids.engagementPush, engagement_uid, activityType: activityTypes.inbox };
  return { cid: cids.deepLinkPush, engagement_uid, payload: { dp: content.dp } };
};

/** Whether it may still be delivered. */
export const isCurrent = ({ expires_at }: Pick<Engagement, 'expires_at'>, now: number): boolean =>
  expires_at === null || expires_at > now;
