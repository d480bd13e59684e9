/**
 * A message step made into what a customer is sent: its words rendered and judged, the place where it waits, its row of the
 * report. Pure. What may not be sent is a row that says why.
 */
import type { Payload } from '../../wire/event.ts';
import type { Removed } from '../engagement/clean-html.ts';
import { contentText } from '../engagement/content.ts';
import { readRequest } from '../engagement/request.ts';
import type { Places } from '../engagement/safe-link.ts';
import { readNotice } from '../push/notice.ts';
import { Refusal } from '../refusal.ts';
import { type CustomerState, type Engagement, type OutboundChannel, stateBounds } from './customer-state.ts';
import type { MessageRules, MessageStep } from './definitions.ts';
import { engagementOf, withEngagement } from './engagement-made.ts';
import { mayLeave } from './message-rules.ts';
import type { Delivery, DeliveryStatus, Reaction } from './reaction.ts';
import { TemplateFailed } from './template.ts';
import { unsubscribePlace } from './unsubscribe-place.ts';
import type { Fact } from './user-state.ts';
import { openWords, templateContext, type Words } from './words.ts';

/** Whose message it is, and what it is made with. */
export interface MessageOrder {
  uid: string;
  /** Of the campaign or the mission's reward. */
  from: string;
  /** The event that it answers. */
  fact: Fact | null;
  now: number;
  places: Places;
  rules: MessageRules;
  inboxLeft: number;
}

export interface MessageMade {
  state: CustomerState;
  contents: Reaction['contents'];
  delivery: Delivery;
  /** For the trace. */
  told: string;
}

type EngagementStep = Extract<MessageStep, { kind: 'engagement' }>;
type OutboundStep = Exclude<MessageStep, EngagementStep>;

const eidOf = ({ fact }: MessageOrder): string | null => fact?.eid ?? null;

const rowOf = (order: MessageOrder, channel: Delivery['channel'], status: DeliveryStatus, why: string): Delivery => {
  const { uid, from, now } = order;
  return { uid, campaign: from, eid: eidOf(order), channel, status, at: now, status_at: now, why };
};

/** Nothing is sent, for good. */
const withheld = (
  state: CustomerState,
  order: MessageOrder,
  channel: Delivery['channel'],
  status: DeliveryStatus,
  why: string,
): MessageMade => ({
  state,
  contents: [],
  delivery: rowOf(order, channel, status, why),
  told: `no ${channel}: ${why}`,
});

const toldMissing = (words: Words): string => {
  const missing = words.missing();
  return missing.length === 0 ? '' : ` (not there, so empty: ${missing.join(', ')})`;
};

const toldRemoved = (removed: readonly Removed[]): string =>
  removed.length === 0 ? '' : ` (taken out of its HTML: ${removed.map(({ what }) => what).join(', ')})`;

/** The parser of the config has seen that it is one. */
const kindOf = ({ request }: EngagementStep): Engagement['kind'] => request.kind as Engagement['kind'];

/** Texts that a request may leave out: one that turns out empty is not given. */
const optional = ['body', 'image', 'action', 'html'];

const requestOf = ({ request, expiresIn }: EngagementStep, words: Words, now: number): Payload => {
  const { html, ...others } = request;
  const rendered = Object.entries({
    ...words.payload(others),
    ...(typeof html === 'string' ? { html: words.text(html, 'html') } : {}),
  });
  return {
    ...Object.fromEntries(
      rendered.map(([name, value]) => [name, value === '' && optional.includes(name) ? null : value]),
    ),
    ...(expiresIn === null ? {} : { expires_at: now + expiresIn }),
  };
};

const engagementMade = (state: CustomerState, step: EngagementStep, words: Words, order: MessageOrder): MessageMade => {
  const { uid, from, now, places } = order;
  const kind = kindOf(step);
  const read = readRequest(requestOf(step, words, now), places, now);
  if (!read.ok) {
    const why = read.mistakes.map(({ path, reason }) => `${path} ${reason}`.trim()).join('; ');
    return withheld(state, order, kind, 'refused', why);
  }
  if (kind === 'inbox' && order.inboxLeft <= 0)
    return withheld(state, order, kind, 'over_limit', 'the inbox messages of this month are sent');
  const { content, removed } = read.requested;
  const engagement = engagementOf(uid, content, now, { from, eid: eidOf(order) });
  return {
    state: withEngagement(state, engagement, content),
    contents: [{ id: uid, content: contentText(content) }],
    delivery: rowOf(order, kind, 'pending', ''),
    told: `${kind}${toldMissing(words)}${toldRemoved(removed)}`,
  };
};

const factSaid = ({ eid, name, at, trust, payload }: Fact): Payload => ({ eid, name, at, trust, payload });

/** Ten messages in one, which is what gateways take; each is paid for. */
const LONGEST_SMS = 1_600;

const smsText = (text: string): string => {
  if (text.length <= LONGEST_SMS) return text;
  throw new Refusal('bad_request', `the text has ${text.length} characters, and an SMS at most ${LONGEST_SMS}`);
};

/** As the outbox keeps them. Throws a `Refusal` where what was made may not be sent. */
const outboundWords = (step: OutboundStep, words: Words, { fact, places, now }: MessageOrder): object => {
  switch (step.kind) {
    case 'email': {
      const { subject, html, text } = step.words;
      return {
        subject: words.text(subject),
        html: html === null ? null : words.text(html, 'html'),
        text: text === null ? null : words.text(text),
      };
    }
    case 'sms':
      return { text: smsText(words.text(step.text)) };
    case 'push':
      return readNotice(words.payload(step.notice), places, now);
    case 'webhook':
      return { url: step.url, body: { ...words.payload(step.body), event: fact && factSaid(fact) } };
  }
};

/** A webhook is the operator's own: nobody is disturbed by it. */
const isTransactional = (step: OutboundStep): boolean => step.kind === 'webhook' || step.transactional;

const outboundMade = (state: CustomerState, step: OutboundStep, words: Words, order: MessageOrder): MessageMade => {
  const { uid, from, now, rules } = order;
  const channel: OutboundChannel = step.kind;
  const transactional = isTransactional(step);
  const leave = mayLeave(rules, state, { channel, transactional }, now);
  if (leave.is === 'never') return withheld(state, order, channel, leave.status, leave.why);
  if (state.outbox.length >= stateBounds.outbox)
    return withheld(state, order, channel, 'failed', `${stateBounds.outbox} messages wait to leave already`);
  const content = JSON.stringify(outboundWords(step, words, order));
  const due_at = leave.is === 'later' ? leave.at : now;
  const item = { uid, campaign: from, eid: eidOf(order), channel, transactional, at: now, due_at, tries: 0 };
  const later = leave.is === 'later' ? leave.why : '';
  return {
    state: { ...state, outbox: [...state.outbox, item] },
    contents: [{ id: uid, content }],
    delivery: rowOf(order, channel, 'pending', later),
    told: `${channel}${later && ` (${later})`}${toldMissing(words)}`,
  };
};

export const makeMessage = (state: CustomerState, step: MessageStep, order: MessageOrder): MessageMade => {
  const context = templateContext(state, order.fact?.payload ?? {}, order.now);
  const words = openWords(step.kind === 'email' ? { ...context, unsubscribe_url: unsubscribePlace } : context);
  try {
    return step.kind === 'engagement'
      ? engagementMade(state, step, words, order)
      : outboundMade(state, step, words, order);
  } catch (cause) {
    const channel = step.kind === 'engagement' ? kindOf(step) : step.kind;
    if (cause instanceof TemplateFailed)
      return withheld(state, order, channel, 'failed', `the template ${cause.message}`);
    // What an event put into the words of a notification may not be sent.
    if (cause instanceof Refusal) return withheld(state, order, channel, 'refused', cause.message);
    throw cause;
  }
};
