/**
 * Events in the form of the publisher API (`POST /v2/events/clientEvent`): the shapes and the published names. Both sides
 * speak it: the collector takes it, and the SDK can flush in it.
 */
import type { Payload } from './event.ts';

export const clientEventTypes = ['AdImpression', 'AdInteraction', 'SessionAction', 'CustomerProfileAction'] as const;
export type ClientEventType = (typeof clientEventTypes)[number];

/** The type under which each published name belongs. Other names may be sent too. */
const published: { [name: string]: ClientEventType } = {
  DisplayElementExpanded: 'AdInteraction',
  DisplayElementCollapsed: 'AdInteraction',
  UrlLinkClicked: 'AdInteraction',
  UrlLinkContinue: 'AdInteraction',
  ActivateOffer: 'AdInteraction',
  ParkOffer: 'AdInteraction',
  UnParkOffer: 'AdInteraction',
  UnParkAllOffers: 'SessionAction',
  AdViewableImpression: 'AdImpression',
  LogEnrollment: 'SessionAction',
  RewardSummaryLinkClicked: 'CustomerProfileAction',
  LearnMoreLinkClicked: 'CustomerProfileAction',
  FaqLinkClicked: 'CustomerProfileAction',
  ExpiredOffersLinkClicked: 'AdInteraction',
};
export const publishedTypeOf = (name: string): ClientEventType | undefined =>
  Object.hasOwn(published, name) ? published[name] : undefined;

/** Whether an event of this type must say which ad it is about, and where that stood. */
export const isAboutAd = (type: ClientEventType): boolean => type === 'AdImpression' || type === 'AdInteraction';

export const channels = ['Email', 'SMS', 'MMS', 'OLB', 'MobileWeb', 'MobileApp', 'MobileWallet'] as const;

export interface ClientEventMessage {
  /** Given by the client, once for each event: with the label it makes the event unique. */
  clientEventId: string;
  clientEventType: ClientEventType;
  clientEvent: string;
  /** ISO 8601 */
  clientEventTimestamp: string;
  clientEventMetadata: Payload | null;
}
export interface ClientEvents {
  clientEvents: ClientEventMessage[];
}

export interface ClientEventRejection {
  /** Place in `clientEvents`, from 0. */
  index: number;
  /** `null` where the id itself is what is wrong. */
  clientEventId: string | null;
  code: string;
  message: string;
}

/** The answer where at least one event was valid. Each list is there only if it has something in it; who is in neither of the first two is stored. */
export interface ClientEventAnswer {
  requestId: string;
  duplicate?: string[];
  rejected?: ClientEventRejection[];
  /** Of events that are stored all the same. */
  warnings?: { index: number; clientEventId: string; message: string }[];
}

/** Every other answer. */
export interface PublisherError {
  type: string;
  title: string;
  status: number;
  validationErrors: string[];
  requestId: string;
  /** Where no event of the body was valid. */
  rejected?: ClientEventRejection[];
}
