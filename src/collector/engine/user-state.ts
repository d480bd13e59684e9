/**
 * A customer's state after one more event. Pure: the same events in the same order give the same state, whoever folds them
 * and how often. What an event says that the table does not know, or says wrongly, changes nothing: the log has it.
 */
import type { Payload, Trust } from '../../wire/event.ts';
import { NAME_LENGTH, NICKNAME_LENGTH } from '../../wire/limits.ts';
import { changedTags, tagOperations, tagsIn } from '../../wire/tags.ts';
import { imageProblem } from '../engagement/safe-link.ts';
import type { Cursor } from '../store/event-log.ts';
import type { CustomerState } from './customer-state.ts';
import { engagementReported } from './engagement-report.ts';
import { withoutMessages } from './inbox.ts';
import { languageOf } from './language.ts';
import { withProperties } from './properties.ts';

/** What the fold reads of an event. */
export interface Fact {
  cursor: Cursor;
  eid: string;
  event_type: string;
  /** What definitions call it, see `event-name.ts`. */
  name: string;
  payload: Payload;
  trust: Trust;
  /** When it happened, and no later than it came. */
  at: number;
}
type Fold = (state: CustomerState, fact: Fact) => CustomerState;

const trimmed = (value: unknown, longest: number): string | undefined => {
  const text = typeof value === 'string' ? value.trim() : '';
  return text !== '' && text.length <= longest ? text : undefined;
};

const withTags: Fold = (state, { payload }) => {
  if (payload.operation === undefined)
    return Array.isArray(payload.core_public_tags)
      ? { ...state, tags: changedTags(state.tags, 'replace', tagsIn(payload.core_public_tags)) }
      : state;
  const operation = tagOperations.find((one) => one === payload.operation);
  return operation ? { ...state, tags: changedTags(state.tags, operation, tagsIn(payload.tags)) } : state;
};

const withNickname: Fold = (state, { payload }) => {
  const nickname = trimmed(payload.public_username, NICKNAME_LENGTH);
  return nickname === undefined ? state : { ...state, nickname };
};

const withAvatar: Fold = (state, { payload: { avatar_id } }) =>
  typeof avatar_id === 'string' && URL.canParse(avatar_id) && imageProblem(avatar_id) === undefined
    ? { ...state, avatar: avatar_id }
    : state;

const withLanguage: Fold = (state, { payload }) => {
  const language = languageOf(payload.language);
  return language === undefined ? state : { ...state, language };
};

const withEntryPoint: Fold = (state, { payload }) => {
  const entry_point = trimmed(payload.core_last_login_entry, NAME_LENGTH);
  return entry_point === undefined ? state : { ...state, entry_point };
};

const withLogin: Fold = (state, fact) => ({
  ...withEntryPoint(withLanguage(state, fact), fact),
  last_login_at: Math.max(state.last_login_at ?? 0, fact.at),
});

/** Of a page that left before the question could be asked: an event outlives it. */
const withoutMessage: Fold = (state, { payload: { engagement_uid } }) =>
  typeof engagement_uid === 'string' ? withoutMessages(state, engagement_uid) : state;

const folds = new Map<string, Fold>([
  ['core_public_tags_update', withTags],
  ['update_profile', withProperties],
  ['gf_nickname_changed', withNickname],
  ['gf_avatar_changed', withAvatar],
  ['core_language_changed', withLanguage],
  ['core_set_last_login_entry', withEntryPoint],
  ['login', withLogin],
  ['engagement_impression', engagementReported('shown')],
  ['engagement_action', engagementReported('clicked')],
  ['engagement_failed', engagementReported('failed')],
  ['inbox_message_deleted', withoutMessage],
]);

/** Whether an event of this type can change a customer at all. */
export const changesCustomers = (eventType: string): boolean => folds.has(eventType);

/** The same state again for an event that changes nothing, or that is in it already. */
export const foldEvent = (state: CustomerState, fact: Fact): CustomerState => {
  if (fact.cursor <= state.folded) return state;
  const folded = folds.get(fact.event_type)?.(state, fact) ?? state;
  return folded === state ? state : { ...folded, folded: fact.cursor };
};
