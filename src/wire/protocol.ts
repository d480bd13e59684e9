/**
 * The published message protocol: what a page and the collector say to each other on the socket (`GET /ws`) and, message by
 * message, over HTTP (`POST /s2s-api`). Owns the numbers and the shapes; `parse-message.ts` is the door that checks them.
 * Field names are the published ones, spelling mistakes included. Source: the public native protocol document.
 */
import type { Json, Payload } from './event.ts';

/** The class of a message; an enum, since the bundler puts its numbers in place. A request's answer has the number that stands beside it in `answers`. */
export enum cids {
  ping = 1,
  pong = 2,
  init = 3,
  identify = 5,
  login = 7,
  logout = 8,
  event = 9,
  impression = 103,
  action = 104,
  deepLinkPush = 105,
  failed = 106,
  propsPush = 108,
  engagementPush = 110,
  trackActivity = 155,
  /** Ours: `{ engagement_uid }` -> `{ eligible }`, asked before something that waited is shown. */
  eligible = 191,
  setAvatar = 157,
  setNickname = 159,
  segments = 161,
  inboxList = 513,
  profile = 527,
  inboxRead = 529,
  inboxStar = 531,
  inboxDelete = 535,
  pushToken = 1003,
}

export const answers = {
  [cids.ping]: 2,
  [cids.init]: 4,
  [cids.identify]: 6,
  [cids.login]: 11,
  [cids.logout]: 12,
  [cids.event]: 10,
  [cids.eligible]: 192,
  [cids.setAvatar]: 158,
  [cids.setNickname]: 160,
  [cids.segments]: 162,
  [cids.inboxList]: 514,
  [cids.profile]: 528,
  [cids.inboxRead]: 530,
  [cids.inboxStar]: 532,
  [cids.inboxDelete]: 536,
  [cids.pushToken]: 2003,
} as const;

/** `errCode` of an answer by the code that `errMsg` begins with (`origin_not_allowed: ...`). 0 is success. */
export const errCodes = {
  bad_message: 400,
  unknown_label: 401,
  identity_unverified: 4011,
  identity_expired: 4012,
  not_identified: 4013,
  origin_not_allowed: 403,
  consent_refused: 4031,
  not_found: 404,
  bad_event: 422,
  rate_limited: 429,
  internal: 500,
  overloaded: 503,
  unsupported: 99999,
} as const;
export type ErrCode = keyof typeof errCodes;

/** Kinds of engagement as the published reports number them. */
export const activityTypes = { popup: 30, inbox: 31, deepLink: 34 } as const;

export interface Message {
  cid: number;
  /** Echoed by the answer; of an EVENT it is the `eid`. */
  uuid?: string;
  /** Milliseconds since the epoch by the sender's clock; of an EVENT it is the `event_date`. */
  ts?: number;
  [field: string]: unknown;
}

export interface Answer {
  cid: number;
  uuid?: string;
  ts?: number;
  errCode: number;
  errMsg?: string;
  [field: string]: unknown;
}

/** What INIT tells of the label, under published names where there is one; all text, as published. */
export interface LabelSettings {
  /** `https://.../inbox/` + label key + `/`; a message's guid and `.json` follow. */
  INBOX_PUBLIC_CDN: string;
  /** Where `GET {base}{engagement_uid}` frames server HTML. */
  CONTENT_URL: string;
  /** Path patterns, comma-separated, on which popups and inbox are suspended. */
  FRONT_DISABLE_POPUP_INBOX_ON_URLS: string;
  /** Hosts to which a link may lead, comma-separated; the page's own always may. */
  LINK_HOSTS: string;
  /** JSON: operator-defined link names to URLs. */
  DEEP_LINKS: string;
  /** The public VAPID key, base64url; empty where push is off. */
  PUSH_PUBLIC_KEY: string;
  /** `1`: Global Privacy Control is a refusal. */
  HONOR_GPC: '' | '1';
}

/** The customer as a page may see it: published names. An open set. */
export interface PublicProps {
  core_user_language: string | null;
  ach_points_balance: number;
  ach_points_ever: number;
  ach_gems_balance: number;
  ach_diamonds_balance: number;
  ach_level_current_id: number | null;
  /** A level's name, not a number. */
  ach_level_current: string | null;
  core_public_tags: string[];
  core_is_test_account: boolean;
  /** A full URL, or null. */
  avatar_id: string | null;
  public_username: string | null;
  core_inbox_unread_count: number;
  ach_gamification_in_control_group: boolean;
  ach_gamification_ui_explicitly_on: boolean;
  is_visitor: boolean;
  /** Milliseconds since the epoch. */
  core_registration_date: number | null;
  core_recommended_deposit_amount: number | null;
  core_recommended_casino_bet_amount: number | null;
  [name: string]: Json;
}

export interface Button {
  text: string;
  /** A deep link or a URL, e.g. `dp:inbox`, `https://op.example/promo`. */
  action: string;
}

/** A popup as pushed: words, size and buttons are data, HTML is framed from `CONTENT_URL`. */
export interface PopupPush {
  cid: typeof cids.engagementPush;
  engagement_uid: string;
  activityType: typeof activityTypes.popup;
  popup: {
    title: string;
    /** Text, shown as text; null if there is HTML or nothing to say. */
    body: string | null;
    /** HTML waits at `CONTENT_URL` + `engagement_uid`. */
    has_html: boolean;
    /** Of the frame, in CSS pixels; the page's own size is the bound. */
    width: number;
    height: number;
    buttons: Button[];
    /** Greater goes first. */
    priority: number;
    /** Milliseconds since the epoch, or null. */
    expires_at: number | null;
    /** `ltr` or `rtl`; null takes the page's. */
    dir: 'ltr' | 'rtl' | null;
  };
}

/** A message came; `unread` is the count with it. Published clients fetch the list again. */
export interface InboxPush {
  cid: typeof cids.engagementPush;
  engagement_uid: string;
  activityType: typeof activityTypes.inbox;
}

export interface DeepLinkPush {
  cid: typeof cids.deepLinkPush;
  engagement_uid: string;
  payload: { dp: string };
}

export interface PropsPush {
  cid: typeof cids.propsPush;
  /** The changed ones. */
  props: Partial<PublicProps>;
}

export type Push = PopupPush | InboxPush | DeepLinkPush | PropsPush;

/** How far a customer is in one mission: in the profile's answer (528), which holds those of the label. */
export interface MissionView {
  name: string;
  title: string;
  tasks: { event: string; done: number; count: number }[];
  /** Milliseconds since the epoch, or null. */
  completed_at: number | null;
}

/** What the profile's answer says beside the published fields. */
export interface ProfileExtras {
  missions: MissionView[];
  /** The last one awarded first. */
  badges: { name: string; awarded_at: number }[];
}

/** IDENTIFY's answer. Over HTTP, where nothing can be pushed, `pending` holds what the socket would have pushed. */
export interface IdentifyAnswer extends Answer {
  user_id: number;
  ext_user_id: string;
  public_username: string | null;
  avatar_id: string | null;
  props: PublicProps;
  /** Published so. */
  pubic_username_set: boolean;
  pending?: Push[];
}

/** A message of the inbox as listed (514, in `log`). */
export interface InboxItem {
  engagement_uid: string;
  /** Milliseconds since the epoch. */
  create_date: number;
  /** `dd/MM/yyyy HH:mm:ss`, UTC. */
  createDate: string;
  category_id: number | null;
  expire_on_dt: number | null;
  is_read: boolean;
  is_starred: boolean;
  is_deleted: false;
  body: InboxBody;
}

/** `GET {INBOX_PUBLIC_CDN}{guid}.json`. */
export interface InboxBody {
  title: string;
  body: string;
  image: string | null;
  action: string | null;
  /** Cleaned HTML, also framed at `CONTENT_URL` + guid. */
  html_body: string | null;
  additional_buttons: { inbox_cta_text: string; action: string }[];
  custom_data: Payload | null;
}

export interface SegmentMatch {
  segment_id: number | string;
  is_matching: boolean;
  /** Ours: the label defines no segment of this name. */
  is_unknown?: true;
}
