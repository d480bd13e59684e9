/**
 * What a page may see of a customer, under the published names, and what of it changed. Pure. A property that nobody
 * published stays with the operator.
 */
import type { PublicProps } from '../../wire/protocol.ts';
import type { CustomerState } from './customer-state.ts';
import { unreadCount } from './inbox.ts';

const numberIn = ({ properties }: CustomerState, name: string): number | null => {
  const value = Object.hasOwn(properties, name) ? properties[name]!.value : null;
  return typeof value === 'number' ? value : null;
};
const isTrueIn = ({ properties }: CustomerState, name: string): boolean =>
  Object.hasOwn(properties, name) && properties[name]!.value === true;

/** @param now decides which messages of the inbox have expired */
export const publicProps = (state: CustomerState, now: number): PublicProps => ({
  core_user_language: state.language,
  ach_points_balance: state.points.balance,
  ach_points_ever: state.points.ever,
  ach_gems_balance: state.gems,
  ach_diamonds_balance: state.diamonds,
  ach_level_current_id: state.level?.id ?? null,
  ach_level_current: state.level?.name ?? null,
  core_public_tags: state.tags,
  core_is_test_account: isTrueIn(state, 'core_is_test_account'),
  avatar_id: state.avatar,
  public_username: state.nickname,
  core_inbox_unread_count: unreadCount(state, now),
  ach_gamification_in_control_group: state.control_group,
  ach_gamification_ui_explicitly_on: isTrueIn(state, 'ach_gamification_ui_explicitly_on'),
  is_visitor: state.user === null,
  core_registration_date: state.registered_at,
  core_recommended_deposit_amount: numberIn(state, 'core_recommended_deposit_amount'),
  core_recommended_casino_bet_amount: numberIn(state, 'core_recommended_casino_bet_amount'),
});

/** The props of `after` that `before` did not have so. */
export const changedProps = (before: PublicProps, after: PublicProps): Partial<PublicProps> =>
  Object.fromEntries(
    Object.entries(after).filter(([name, value]) => JSON.stringify(before[name]) !== JSON.stringify(value)),
  );
