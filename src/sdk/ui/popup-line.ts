/**
 * Who is next: the popups that wait for their turn on this page. Pure: what is on the screen, what time it is and what the
 * operator holds back is told to it.
 */
import type { PopupPush } from '../../wire/protocol.ts';

export interface Waiting {
  push: PopupPush;
  /**
   * `fresh` came when it could be shown. One that `waited` (in a hidden tab, behind another popup) or was `missed` (held
   * back by the operator) may be out of date: the collector is asked before it is shown.
   */
  since: 'fresh' | 'waited' | 'missed';
}

export interface PopupLine {
  waiting: Waiting[];
  /** Engagements that had their turn, in this tab or another. */
  had: string[];
}

export const emptyLine: PopupLine = { waiting: [], had: [] };

const isOf = (uid: string) => (waiting: Waiting) => waiting.push.engagement_uid === uid;

/** One engagement once: the collector pushes what is pending again at every identify. */
export const joined = (line: PopupLine, push: PopupPush): PopupLine =>
  line.had.includes(push.engagement_uid) || line.waiting.some(isOf(push.engagement_uid))
    ? line
    : { ...line, waiting: [...line.waiting, { push, since: 'fresh' }] };

/** The greatest priority, of equals the one that came first; never one that has expired. */
export const next = ({ waiting }: PopupLine, now: number): Waiting | undefined =>
  waiting
    .filter(({ push: { popup } }) => popup.expires_at === null || popup.expires_at > now)
    .sort((one, other) => other.push.popup.priority - one.push.popup.priority)[0];

/** Nobody in the line can be shown now. What was missed once stays missed. */
export const heldBack = (line: PopupLine, since: 'waited' | 'missed'): PopupLine => ({
  ...line,
  waiting: line.waiting.map((waiting) => (waiting.since === 'missed' ? waiting : { ...waiting, since })),
});

/** It had its turn elsewhere, or the collector would not show it any more. */
export const without = ({ waiting, had }: PopupLine, uid: string): PopupLine => ({
  waiting: waiting.filter((other) => !isOf(uid)(other)),
  had: [...had, uid],
});

/**
 * It has its turn now. A visitor who comes back from a cashier meets one of the popups that were missed there, not all:
 * the others leave the line, and stay pending at the collector for another visit.
 */
export const taken = (line: PopupLine, { push, since }: Waiting): PopupLine => {
  const rest = without(line, push.engagement_uid);
  return since === 'missed' ? { ...rest, waiting: rest.waiting.filter((other) => other.since !== 'missed') } : rest;
};
