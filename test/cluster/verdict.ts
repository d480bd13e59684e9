/**
 * What the collectors have, held against the ledger of the clients: every acknowledged event once, the same everywhere, and
 * what follows from each once. Waits until they are level, as long as they get nearer.
 */
import { isDeepStrictEqual } from 'node:util';
import type { StoredEvent } from '../../src/collector/live/shapes.ts';
import { awaited } from '../support/awaited.ts';
import type { RunningCollector } from '../support/collector.ts';
import type { Clients } from './clients.ts';
import type { Ground } from './ground.ts';

export interface Verdict {
  lost: number;
  twice: number;
  /** What must not be, a sentence each. */
  defects: string[];
}

/** The label's log as one collector shows it: in the order of its cursors. */
interface Shown {
  collector: RunningCollector;
  after: number;
  /** Whole events, since the last verdict. */
  news: string[];
  times: Map<string, number>;
}

export interface Judge {
  /** Call when nothing is on its way. */
  verdict(): Promise<Verdict>;
}

export const judgeOf = ({ collectors, desk }: Ground, { eids, payments }: Clients): Judge => {
  const all: Shown[] = collectors.map((collector) => ({ collector, after: 0, news: [], times: new Map() }));

  const readOn = async (shown: Shown): Promise<void> => {
    for (let next: number | null = shown.after; next !== null; ) {
      const page: { events: StoredEvent[]; next: number | null } = await desk(shown.collector).read(
        `/v1/events?limit=1000&after=${next}`,
      );
      for (const event of page.events) {
        shown.news.push(JSON.stringify(event));
        shown.times.set(event.eid, (shown.times.get(event.eid) ?? 0) + 1);
        shown.after = event.cursor;
      }
      next = page.next;
    }
  };
  const points = async (collector: RunningCollector, user: string): Promise<unknown> =>
    (await desk(collector).read<{ props: Record<string, unknown> }>(`/v1/customers/${user}`)).props.ach_points_balance;

  const levelWithLedger = (): Promise<void> =>
    awaited('the acknowledged events on every collector', async () => {
      await Promise.all(all.map(readOn));
      return all.every(({ times }) => times.size >= eids.size);
    });
  const paidOut = (): Promise<void> =>
    awaited('a point for every payment', async () => {
      const customers = [...payments].flatMap(([user, paid]) =>
        all.map(({ collector }) => ({ collector, user, paid })),
      );
      const balances = await Promise.all(customers.map(({ collector, user }) => points(collector, user)));
      return customers.every(({ paid }, at) => Number(balances[at] ?? 0) >= paid);
    });

  const eventDefects = ({ times, collector }: Shown): { lost: string[]; twice: string[]; defects: string[] } => {
    const lost = [...eids].filter((eid) => !times.has(eid));
    const twice = [...times].flatMap(([eid, often]) => (often > 1 ? [eid] : []));
    const foreign = [...times.keys()].filter((eid) => !eids.has(eid));
    const told = (what: string, which: string[]): string[] =>
      which.length ? [`${which.length} events ${what} at ${collector.url}, ${which[0]} first`] : [];
    return {
      lost,
      twice,
      defects: [
        ...told('were acknowledged and are not there', lost),
        ...told('are there more than once', twice),
        ...told('are there and were acknowledged to nobody', foreign),
      ],
    };
  };
  /** Answers that every collector must give alike. */
  const alike = async (): Promise<string[]> => {
    const users = [...payments.keys()];
    const paths = [...users.map((user) => `/v1/customers/${user}`), '/v1/registry', '/v1/losses', '/v1/campaigns'];
    const unlike = await Promise.all(
      paths.map(async (path) => {
        const answers = await Promise.all(collectors.map((one) => desk(one).read<unknown>(path)));
        return answers.every((one) => isDeepStrictEqual(one, answers[0])) ? [] : [`${path} is not the same everywhere`];
      }),
    );
    const news = all.map((one) => one.news.splice(0));
    const isSame = news.every((one) => isDeepStrictEqual(one, news[0]));
    return [...unlike.flat(), ...(isSame ? [] : ['events are not the same everywhere, in the same order'])];
  };
  const unpaid = async (): Promise<string[]> => {
    const wrong = await Promise.all(
      [...payments].map(async ([user, paid]) => {
        const balance = await points(collectors[0]!, user);
        return balance === paid ? [] : [`${user} has ${balance} points of ${paid} payments`];
      }),
    );
    return wrong.flat();
  };

  return {
    async verdict() {
      const late: string[] = [];
      for (const wait of [levelWithLedger, paidOut])
        await wait().catch((cause: Error) => void late.push(cause.message));
      const events = all.map(eventDefects);
      return {
        lost: Math.max(...events.map(({ lost }) => lost.length)),
        twice: Math.max(...events.map(({ twice }) => twice.length)),
        defects: [...late, ...events.flatMap(({ defects }) => defects), ...(await alike()), ...(await unpaid())],
      };
    },
  };
};
