/**
 * Customers moved on in one write: their new states, the words of what is sent, the rows of the report and the traces,
 * together with how far the log was read. So a process that ends before the write finds everything as it was and does it
 * again; one that ends after it finds it done: a state knows the last event that is in it, and by which events its campaigns
 * began. Pages and ways out are told after the write: what a page missed waits in the state until it identifies, and
 * what was to go out waits in the outbox. Where very much follows it is several writes, and how far the log was read is in the last.
 *
 * Anybody may change a customer meanwhile: then what happened is put to the engine again, from the newer state.
 */
import type { CustomerState } from '../engine/customer-state.ts';
import type { Change } from '../page-news.ts';
import type { CustomerKey, Progress, UserStore } from '../store/user-store.ts';
import type { Happening } from './happening.ts';
import type { Group, Move, Moved } from './move.ts';
import type { Pace } from './pace.ts';

/** Resolves when everything that happened is in its customer's state, on disk together with the progress. */
export type Step = (happenings: Happening[], progress?: Progress) => Promise<void>;

export interface StepNeeds {
  users: Pick<UserStore, 'update'>;
  label: string;
  move: Move;
  pace: Pace;
  /** Inbox messages that were not stored after all. */
  giveBack: (messages: number) => void;
  /** Called once a change is stored. */
  told: (customer: CustomerKey, change: Change) => void;
  /** Called with everybody as the store has them now. */
  seen: (customer: CustomerKey, state: CustomerState) => void;
}

const byCustomer = (happenings: Happening[]): Group[] => {
  const groups = new Map<CustomerKey, Group>();
  for (const one of happenings) {
    const group = groups.get(one.customer.key);
    if (group) group.happenings.push(one);
    else groups.set(one.customer.key, { customer: one.customer, happenings: [one], stored: one.stored });
  }
  return [...groups.values()];
};

const isLinked = ({ happenings }: Group): boolean => happenings.some(({ what }) => what.is === 'linked');
/** A visitor first: the customer whom they became takes over what is known of them by then. */
const inOrder = (groups: Group[]): Group[] => [
  ...groups.filter((group) => !isLinked(group)),
  ...groups.filter(isLinked),
];

const isWhole = (moved: ReadonlyMap<CustomerKey, Moved>): boolean =>
  [...moved.values()].every(({ left }) => left.length === 0);

const isChange = ({ version, before, state, contents, deliveries, traces }: Moved): boolean =>
  version === 0 || state !== before || contents.length + deliveries.length + traces.length > 0;

export const createStep = ({ users, label, move, pace, giveBack, told, seen }: StepNeeds): Step => {
  /** Resolves with those whose turn has not come: who takes over from a visitor takes over all of it. */
  const moveAll = async (groups: Group[], moved: Map<CustomerKey, Moved>): Promise<Group[]> => {
    const waiting: Group[] = [];
    for (const group of inOrder(groups)) {
      if (isLinked(group) && !isWhole(moved)) {
        waiting.push(group);
        continue;
      }
      const one = await move(group, moved);
      if (one) moved.set(one.customer, one);
      await pace.giveWay();
    }
    return waiting;
  };
  const store = async (changes: Moved[], progress: Progress): Promise<boolean[]> => {
    if (changes.length === 0 && Object.keys(progress).length === 0) return [];
    const rows = changes.map(({ group, before, messages, left, ...change }) => change);
    return users.update(label, rows, progress);
  };

  /** Resolves with those whom somebody else had changed meanwhile, and with what is left to be moved. */
  const round = async (groups: Group[], progress: Progress): Promise<Group[]> => {
    const moved = new Map<CustomerKey, Moved>();
    let late: Moved[];
    let waiting: Group[];
    try {
      waiting = await moveAll(groups, moved);
      const changes = [...moved.values()].filter(isChange);
      const isAll = waiting.length === 0 && isWhole(moved);
      const stored = await store(changes, isAll ? progress : {});
      late = changes.filter((_, at) => !stored[at]);
    } catch (cause) {
      for (const { messages } of moved.values()) giveBack(messages);
      throw cause;
    }
    for (const { messages, customer } of late) {
      giveBack(messages);
      moved.delete(customer);
    }
    for (const one of moved.values()) {
      const { customer, version, before, state, contents } = one;
      if (isChange(one)) told(customer, { version: version + 1, before, after: state, contents });
      seen(customer, state);
    }
    const again = [
      ...late.map(({ group }) => group),
      ...[...moved.values()].flatMap(({ group, left }) => (left.length > 0 ? { ...group, happenings: left } : [])),
      ...waiting,
    ];
    return again.map((group) => ({ ...group, stored: undefined }));
  };

  return async (happenings, progress = {}) => {
    for (let groups = byCustomer(happenings); ; ) {
      groups = await round(groups, progress);
      if (groups.length === 0) return;
    }
  };
};
