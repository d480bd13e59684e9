/** What a page shows of a customer who is changed on one collector while the page is open on another. */
import { expect, test } from 'vitest';
import { createChannel, type News } from '../../../src/collector/channel.ts';
import { type Arrivals, shareChannel } from '../../../src/collector/cluster/pages/shared-channel.ts';
import { contentText } from '../../../src/collector/engagement/content.ts';
import type { CustomerState } from '../../../src/collector/engine/customer-state.ts';
import { engagementOf, withEngagement } from '../../../src/collector/engine/engagement-made.ts';
import { publicProps } from '../../../src/collector/engine/public-props.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import { type Change, tellPages } from '../../../src/collector/page-news.ts';
import type { StoredState } from '../../../src/collector/store/user-store.ts';
import { cids, type PublicProps, type Push } from '../../../src/wire/protocol.ts';
import { chanceOf, seeds } from '../../support/seeds.ts';

const NOW = 1_000;
const [LABEL, ANNA] = ['casino', 'u:anna'];
const newcomer = registered({ key: ANNA, user: 'anna' }, { name: LABEL, gamificationShare: 100 }, 0);
const link = { kind: 'deep_link', dp: 'dp:inbox', expires_at: null } as const;
const waits = (state: CustomerState): string[] => state.engagements.map(({ uid }) => uid);

/** Anna's documents as the cluster has them; version `n` stands at `n - 1`. */
const openHistory = () => {
  const documents: StoredState[] = [{ version: 1, state: newcomer }];
  const last = (): StoredState => documents.at(-1)!;
  return {
    documents,
    last,
    change(make: (state: CustomerState) => CustomerState): Change {
      const { version, state } = last();
      const after = make(state);
      documents.push({ version: version + 1, state: after });
      const known = waits(state);
      const made = waits(after).filter((uid) => !known.includes(uid));
      const contents = made.map((id) => ({ id, content: contentText(link) }));
      return { version: version + 1, before: state, after, contents };
    },
  };
};
type History = ReturnType<typeof openHistory>;

const openCollector = (history: History, said: (news: News) => void) => {
  let [copied, hear]: [StoredState | undefined, (news: News) => void] = [undefined, () => {}];
  let arrived: Parameters<Arrivals['watch']>[1] = () => {};
  const waiting: (() => void)[] = [];
  const channel = shareChannel({
    here: createChannel(() => {}),
    pushes: {
      say: (_, __, news) => said(news),
      listen(_, __, told) {
        hear = told;
        return () => {
          hear = () => {};
        };
      },
    },
    users: {
      versionHere: () => copied?.version ?? 0,
      watch(isWatched, tell) {
        arrived = (...document) => isWatched(LABEL, ANNA) && tell(...document);
        return () => {};
      },
      content: async () => contentText(link),
    },
    now: () => NOW,
    later: (work) => void waiting.push(work),
    failed(cause) {
      throw cause;
    },
  });
  const pages: ReturnType<typeof openPage>[] = [];
  const openPage = () => {
    let [props, waiting]: [PublicProps | undefined, string[] | undefined] = [undefined, []];
    const shown = new Set<string>();
    const heard: Push[] = [];
    const take = (text: string): void => {
      const push = JSON.parse(text) as Push;
      heard.push(push);
      if (push.cid === cids.propsPush) props = { ...props!, ...(push.props as PublicProps) };
      else shown.add(push.engagement_uid);
    };
    const write = (text: string): boolean => {
      if (waiting) waiting.push(text);
      else take(text);
      return true;
    };
    return {
      heard,
      leave: channel.join(LABEL, ANNA, { write, end: () => {} }),
      /** The answer to IDENTIFY, from what this collector has by now; what was told meanwhile comes after it. */
      identified() {
        const { state } = copied!;
        props = publicProps(state, NOW);
        for (const uid of waits(state)) shown.add(uid);
        for (const text of waiting ?? []) take(text);
        waiting = undefined;
      },
      isIdentified: () => waiting === undefined,
      shows: () => ({ props, shown: [...shown].sort() }),
    };
  };
  return {
    channel,
    pages,
    open() {
      const page = openPage();
      pages.push(page);
      return page;
    },
    hears: (news: News) => hear(news),
    /** As long goes by as a copy is given for a document. */
    isLate() {
      for (const work of waiting.splice(0)) work();
    },
    erases() {
      const before = copied;
      copied = undefined;
      arrived(LABEL, ANNA, before, undefined);
    },
    version: () => copied?.version ?? 0,
    /** Documents of which the bucket keeps the last one only may be leapt over. */
    copies(version: number) {
      const before = copied;
      copied = history.documents[version - 1]!;
      arrived(LABEL, ANNA, before, copied);
    },
  };
};
const openWorld = () => {
  const history = openHistory();
  const underWay: News[] = [];
  const there = openCollector(history, () => {});
  there.copies(1);
  const here = openCollector(history, (news) => underWay.push(news));
  const tell = tellPages(here.channel, () => NOW);
  return {
    history,
    underWay,
    there,
    /** On the other collector, which says so. */
    change: (make: (state: CustomerState) => CustomerState) => tell(LABEL, ANNA, history.change(make)),
  };
};
const gems = (amount: number) => (state: CustomerState) => ({ ...state, gems: amount });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a page hears of what another collector did when its own has the document, so that what it then asks is known', async () => {
  const { change, underWay, there } = openWorld();
  const page = there.open();
  page.identified();
  change((state) => withEngagement(gems(5)(state), engagementOf('e-1', link, NOW, { from: 'x', eid: null }), link));
  there.hears(underWay[0]!);
  expect(page.heard).toEqual([]);
  there.copies(2);
  await settled();
  const told = [
    { cid: 108, props: { ach_gems_balance: 5 } },
    { cid: 105, engagement_uid: 'e-1', payload: { dp: 'dp:inbox' } },
  ];
  expect(page.heard).toEqual(told);
  there.hears(underWay[0]!);
  there.isLate();
  expect(page.heard).toEqual(told);
});

test('a page hears of it by news where the copy is late, and all of it again with the document', () => {
  const { change, underWay, there } = openWorld();
  const page = there.open();
  page.identified();
  change(gems(5));
  there.hears(underWay[0]!);
  there.isLate();
  expect(page.heard).toEqual([{ cid: 108, props: { ach_gems_balance: 5 } }]);
  there.copies(2);
  expect(page.heard.slice(1)).toEqual([{ cid: 108, props: publicProps(gems(5)(newcomer), NOW) }]);
});

test('a page that came after the news and before the document is told with the document', () => {
  const { change, underWay, there } = openWorld();
  change(gems(5));
  there.hears(underWay[0]!);
  const page = there.open();
  page.identified();
  there.copies(2);
  expect(page.heard).toEqual([{ cid: 108, props: { ach_gems_balance: 5 } }]);
});

test('whoever is registered while their page looks on is told nothing that they were registered with', () => {
  const history = openHistory();
  const there = openCollector(history, () => {});
  const page = there.open();
  there.copies(1);
  page.identified();
  expect(page.heard).toEqual([]);
});

test('an erasure is told with the document where news of it was lost, or where the copy was behind it', () => {
  for (const isLost of [true, false]) {
    const { change, there } = openWorld();
    const page = there.open();
    page.identified();
    change(gems(5));
    if (!isLost) there.hears({ version: 0, pushes: [{ cid: 108, props: { ach_gems_balance: 0 } }] });
    there.isLate();
    there.copies(2);
    there.erases();
    expect(page.shows().props).toEqual({ ...publicProps(newcomer, NOW), core_registration_date: NOW });
  }
});

test.each(seeds)(
  'every page shows the last of everything, however news is lost, late or out of order (seed %i)',
  async (seed) => {
    for (let round = 0; round < 300; round++) {
      const chance = chanceOf(seed * 1_000 + round);
      const { history, change, underWay, there } = openWorld();
      const steps: (() => void)[] = [
        () => change((state) => ({ ...state, [chance.pick(['gems', 'diamonds'])]: chance.whole(0, 3) })),
        () => change((state) => ({ ...state, tags: [chance.pick(['A', 'B'])] })),
        () => {
          const made = engagementOf(chance.word(), link, NOW, { from: 'x', eid: null });
          change((state) => withEngagement(state, made, link));
        },
        () => {
          const [news] = underWay.splice(chance.whole(0, underWay.length), 1);
          if (news && chance.share() < 0.7) there.hears(news);
        },
        () => {
          const behind = history.last().version - there.version();
          if (behind > 0) there.copies(there.version() + chance.whole(1, Math.min(2, behind)));
        },
        there.isLate,
        () => void there.open(),
        () => there.pages.find((page) => !page.isIdentified())?.identified(),
        () => {
          if (chance.share() < 0.2) there.pages.splice(0, 1)[0]?.leave();
        },
      ];
      for (let step = 0; step < 40; step++) {
        chance.pick(steps)();
        if (chance.share() < 0.3) await settled();
      }
      for (const page of there.pages) if (!page.isIdentified()) page.identified();
      while (there.version() < history.last().version) there.copies(there.version() + 1);
      await settled();
      const { state } = history.last();
      for (const page of there.pages)
        expect(page.shows(), `round ${round}`).toEqual({
          props: publicProps(state, NOW),
          shown: waits(state).sort(),
        });
    }
  },
);
