/**
 * A customer as their operator sees them: what is known, what they are in, what was sent. Pure.
 */
import type { Label } from '../config/config.ts';
import type { CustomerState } from '../engine/customer-state.ts';
import { publicProps } from '../engine/public-props.ts';
import { membershipsOf } from '../engine/segment-answers.ts';

const missionsOf = ({ missions }: Label, state: CustomerState) =>
  missions.map(({ name, title, tasks }) => {
    const progress = state.missions[name];
    return {
      name,
      title,
      tasks: tasks.map(({ event, count }, at) => ({ event, done: progress?.done[at] ?? 0, count })),
      completed_at: progress?.completed_at ?? null,
    };
  });

const campaignsOf = ({ campaigns, waiting }: CustomerState) =>
  Object.entries(campaigns).map(([name, { at }]) => {
    const due = waiting.filter(({ campaign }) => campaign === name).map(({ due_at }) => due_at);
    return { name, began: at, waits_until: due.length > 0 ? Math.min(...due) : null };
  });

export const customerView = (label: Label, state: CustomerState, now: number) => {
  const memberships = membershipsOf(label.segments, state, now);
  const { tags, level, badges, offers, unsubscribed, devices, properties, engagements, inbox, push } = state;
  return {
    tags,
    segments: memberships.map(({ segment }) => segment),
    memberships,
    level,
    missions: missionsOf(label, state),
    badges,
    offers,
    campaigns: campaignsOf(state),
    unsubscribed,
    devices,
    properties,
    props: publicProps(state, now),
    engagements,
    inbox,
    push: push.map(({ platform, subscription, at }) => ({ platform, native: subscription === null, at })),
  };
};
