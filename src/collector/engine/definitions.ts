/**
 * What a label says should follow its events: segments, campaigns, missions, levels, ads, templates. Shapes only, as the
 * config's parser gives them: every name in them exists, every filter is allowed, every template was read once.
 */
import type { Json, Payload, Trust } from '../../wire/event.ts';
import type { OutboundChannel } from './customer-state.ts';

/** Milliseconds; the config says `"7d"`. */
export type Duration = number;

/** Mongo-style, of the operators in `filter.ts`. `"$name"` in the place of a value is a field of the event that began it all. */
export type Filter = { [path: string]: Json };

export interface Range {
  min?: number;
  max?: number;
}
/** Milliseconds since the epoch. */
export interface Dates {
  from?: number;
  to?: number;
}

/** "Had this event, so often, then": every condition that is given must hold. */
export interface EventRule {
  event: string;
  /** Over the context of each event. */
  where?: Filter;
  /** Whose word counts, at least: anybody's, if nothing is said. */
  trust?: Trust;
  /** Of the events that hold; at least one, if nothing is said. */
  count?: Range;
  /** Only events of the last so many milliseconds. */
  within?: Duration;
  /** Only events of these dates. */
  date?: Dates;
  /** When the last of them was. */
  lastDate?: Dates;
  daysSinceLast?: Range;
}

export type SegmentRule =
  | { all: SegmentRule[] }
  | { any: SegmentRule[] }
  | { not: SegmentRule }
  | { tag: string }
  | { language: string }
  | { points: Range }
  | { property: string; is: Json }
  /** `where` holds operators for the value: `{ "$gt": 5 }`. */
  | { property: string; where: Filter }
  | { controlGroup: boolean }
  | { entryPoint: string }
  | { level: Range }
  | { utm: { source?: string; campaign?: string } }
  | { badge: string }
  | { mission: string }
  | { segment: string }
  | EventRule;

export type Trigger = { event: string } | { system: string } | { entered: string } | { left: string };

/** Words with Liquid in them. */
export type TemplateText = string;

export interface EmailWords {
  subject: TemplateText;
  /** One of the two at least. */
  html: TemplateText | null;
  text: TemplateText | null;
}

export type MessageStep =
  /** The body of `POST /v1/customers/:id/engagements`, with Liquid in its texts. */
  | { kind: 'engagement'; request: Payload; expiresIn: Duration | null }
  | { kind: 'email'; words: EmailWords; transactional: boolean }
  | { kind: 'sms'; text: TemplateText; transactional: boolean }
  | { kind: 'push'; notice: Payload; transactional: boolean }
  /** The body is the event, the customer and what `body` adds. */
  | { kind: 'webhook'; url: string; body: Payload };

export type StateStep =
  | { kind: 'tag'; operation: 'add' | 'remove'; tags: string[] }
  | { kind: 'points'; points: number }
  | { kind: 'badge'; badge: string };

export interface Condition {
  /** Over the context of the event that began it. */
  where: Filter | null;
  customer: SegmentRule | null;
}

/**
 * Steps as a program: branches are flat, so that the place of a run is a number. `branch` goes on where its condition
 * holds and to `otherwise` where not; `jump` ends the first arm of one.
 */
export type Step =
  | MessageStep
  | StateStep
  | { kind: 'wait'; for: Duration }
  | ({ kind: 'branch'; otherwise: number } & Condition)
  | { kind: 'jump'; to: number };

/** At most `times` beginnings for one customer, ever or within the duration. */
export interface Cap {
  times: number;
  within: Duration | null;
}

export interface Campaign extends Condition {
  name: string;
  enabled: boolean;
  trigger: Trigger;
  cap: Cap | null;
  /** Of the event, at least. */
  trust: Trust;
  steps: Step[];
}

export interface Task extends Omit<Condition, 'customer'> {
  event: string;
  count: number;
}

export interface Mission {
  name: string;
  title: string;
  tasks: Task[];
  trust: Trust;
  /** `false`: it can be completed once. */
  repeats: boolean;
  reward: Step[];
}

/** Reached with so many points ever earned. */
export interface Level {
  id: number;
  name: string;
  points: number;
}

export interface Ad {
  id: string;
  serveToken: string;
  /** What `getAds` answers of it beside its state. */
  content: Payload;
  autoActivated: boolean;
}

/** When and how often messages go out. */
export interface MessageRules {
  /** Minutes of the day, in the customer's time zone; `null` for none. */
  quietHours: { from: number; to: number } | null;
  /** IANA name, of customers who have none. */
  timeZone: string;
  caps: { [channel in OutboundChannel]?: Cap };
  /** Inbox messages a month for the whole label; `null`: no limit. */
  inboxPerMonth: number | null;
  /** Of an e-mail address or a phone number, at least: a page must not choose where an operator's messages go. */
  recipientTrust: Trust;
  email: { from: string; smtp: string | null };
  /** The operator's gateway and the key that signs what it gets; `null`: files. */
  sms: { url: string; key: string } | null;
  webhooks: { key: string } | null;
}

/** As the config says them, by name, for people to read. */
export interface Written {
  segments: Payload;
  campaigns: Payload;
  missions: Payload;
  templates: Payload;
}

export interface Definitions {
  segments: { [name: string]: SegmentRule };
  campaigns: Campaign[];
  missions: Mission[];
  /** Lowest first. */
  levels: Level[];
  ads: Ad[];
  messages: MessageRules;
  written: Written;
}
