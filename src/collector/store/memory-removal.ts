/**
 * Events in memory taken away: all of one customer, or what came before a time. With the last event of a page the page goes.
 */
import { userCustomer } from '../engine/customer-key.ts';
import { serversKey } from '../whose-id.ts';
import type { EventLog, LoggedEvent } from './event-log.ts';
import type { LabelLog, Page } from './memory-label.ts';

export type Whose = Parameters<EventLog['erase']>[1];
export const isOf = (logged: LoggedEvent, whose: Whose): boolean => {
  if ('visitor' in whose)
    return logged.user_ext_id === null && logged.scope !== 'system' && logged.device_id === whose.visitor;
  return logged.user_ext_id !== null && isSameUser(logged.user_ext_id, whose);
};
const isSameUser = (user: string, whose: { user: string; anyCase?: boolean }): boolean =>
  userCustomer(user, !whose.anyCase).key === userCustomer(whose.user, !whose.anyCase).key;

/** What stands beside it under its id has the id for itself from now on. */
const letGo = ({ byKey }: LabelLog, { eid, cursor }: LoggedEvent): void => {
  const beside = byKey.get(serversKey(eid));
  byKey.delete(serversKey(eid));
  if (byKey.get(eid)?.logged.cursor === cursor) byKey.delete(eid);
  if (beside && beside.logged.cursor !== cursor) byKey.set(eid, beside);
};
/** Takes events away, and with the last event of a page the page. */
const takeAway = (log: LabelLog, gone: Set<LoggedEvent>): number => {
  const pageOf = ({ device_id, page_id }: LoggedEvent): string => `${device_id} ${page_id}`;
  log.events = log.events.filter(({ logged }) => !gone.has(logged));
  const left = new Set(log.events.map(({ logged }) => pageOf(logged)));
  for (const logged of gone) {
    letGo(log, logged);
    if (!left.has(pageOf(logged))) log.pages.delete(pageOf(logged));
  }
  return gone.size;
};
/** Pages that no event stands on. */
const takeEmptyPages = (log: LabelLog, isOne: (page: Page) => boolean): void => {
  const used = new Set(log.events.map(({ logged: { device_id, page_id } }) => `${device_id} ${page_id}`));
  for (const [key, page] of log.pages) if (!used.has(key) && isOne(page)) log.pages.delete(key);
};

export const eraseFrom = (log: LabelLog, whose: Whose): number => {
  const found = log.events.map(({ logged }) => logged).filter((logged) => isOf(logged, whose));
  const events = takeAway(log, new Set(found));
  if ('user' in whose) {
    log.rejections = log.rejections.filter(
      ({ user_ext_id }) => user_ext_id === null || !isSameUser(user_ext_id, whose),
    );
    return events;
  }
  takeEmptyPages(log, ({ device_id }) => device_id === whose.visitor);
  for (const [key, { device_id }] of log.losses) if (device_id === whose.visitor) log.losses.delete(key);
  return events;
};

export const purgeFrom = (log: LabelLog, before: number, limit: number): number => {
  const old = log.events.map(({ logged }) => logged).filter(({ received_at }) => received_at < before);
  const events = takeAway(log, new Set(old.slice(0, limit)));
  if (events === limit) return events;
  log.rejections = log.rejections.filter(({ at }) => at >= before);
  takeEmptyPages(log, ({ last_at }) => last_at < before);
  for (const [key, { reported_at }] of log.losses) if (reported_at < before) log.losses.delete(key);
  return events;
};
