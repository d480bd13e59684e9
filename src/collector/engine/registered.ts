/**
 * A customer at the moment of registration: nothing known yet, and the draws that are made once. Pure: the draws are made
 * from the key, so that whoever asks before the first event is told the same.
 */
import { createHash } from 'node:crypto';
import type { Customer } from './customer-key.ts';
import { type CustomerState, nothingYet } from './customer-state.ts';

export interface LabelOfCustomer {
  name: string;
  gamificationShare: number;
}

export const registered = ({ key, user }: Customer, label: LabelOfCustomer, now: number): CustomerState => {
  const drawn = createHash('sha256')
    .update(JSON.stringify([label.name, key]))
    .digest();
  return {
    user,
    // 31 bits: clients keep it as a signed number.
    number: drawn.readUInt32BE(0) >>> 1,
    registered_at: now,
    folded: 0,
    language: null,
    nickname: null,
    avatar: null,
    tags: [],
    points: { balance: 0, ever: 0 },
    gems: 0,
    diamonds: 0,
    level: null,
    properties: {},
    entry_point: null,
    last_login_at: null,
    control_group: drawn.readUInt32BE(4) / 2 ** 32 >= label.gamificationShare / 100,
    engagements: [],
    inbox: [],
    push: [],
    ...nothingYet(),
  };
};
