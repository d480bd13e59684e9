/**
 * The parts of every run that asks what arrived: the operator's pages, the real collector, a faulty network between them,
 * and labels that no other run reads. Asserts nothing and knows no test runner.
 */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { LossReport, StoredEvent } from '../../src/collector/live/shapes.ts';
import type { FlushCounts } from '../../src/sdk/api.ts';
import { type RunningCollector, startCollector } from './collector.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { type PageServer, startPageServer } from './page-server.ts';

export interface Label {
  readonly key: string;
  /** What its users' hashes are made with. */
  readonly salt: string;
  readonly admin: string;
  /** All that the collector has, in the order in which it came. */
  events(): Promise<StoredEvent[]>;
  losses(): Promise<LossReport>;
}

export interface PageParts {
  /** Script before the SDK's, in a tag of its own. */
  before?: string;
  /** Script right after the SDK's. */
  after?: string;
  /** The paste-in stub. */
  stub?: boolean;
  /** The SDK's own tag, if it is not the usual one. */
  tag?: string;
  /** `false`: the page does not say that localhost may report. */
  localhost?: boolean;
  /** What the page has in it, and its policy. */
  body?: string;
  headers?: Record<string, string>;
  /** Where it is, if that matters. */
  path?: string;
}

export interface World {
  readonly collector: RunningCollector;
  /** A cluster cannot always say at once that an event was there already. */
  readonly store: 'sqlite' | 'cluster';
  readonly pages: PageServer;
  readonly network: FaultProxy;
  /** The test's own. */
  readonly label: Label;
  /** Another one; all tests of a file share it. */
  readonly otherLabel: Label;
  /** A page with the SDK, on the operator's site. */
  page(parts?: PageParts): string;
  /** The SDK's script tag. */
  tag(attributes?: string): string;
}

const LABELS = 128;
const labelKey = (index: number): string => `label-${index}`;
const saltOf = (index: number): string => `salt-${index}`;

/** What a test's label has beyond the usual, in the config's own names. */
export interface LabelExtra {
  hashes?: object;
  [name: string]: unknown;
}

const configOf = (origins: string[], { hashes, ...extra }: LabelExtra) => ({
  labels: Array.from({ length: LABELS + 1 }, (_, index) => ({
    name: `Casino ${index}`,
    keys: { public: [labelKey(index)], secret: [`secret-${index}`], admin: [`admin-${index}`] },
    brands: [`brand-${index}`],
    origins,
    hashes: { salts: [saltOf(index)], ...hashes },
    ...extra,
  })),
});

/** Lets a page say when the SDK's database is open, without a part in it. */
const watchDatabase = `
  window.databaseOpen = new Promise((resolve) => {
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (...args) {
      const request = open.apply(this, args);
      request.addEventListener('success', () => setTimeout(resolve));
      return request;
    };
  });`;

const labelAt = (collector: RunningCollector, index: number): Label => {
  const admin = `admin-${index}`;
  const read = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${collector.url}${path}`, { headers: { authorization: `Bearer ${admin}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    key: labelKey(index),
    salt: saltOf(index),
    admin,
    losses: () => read('/v1/losses'),
    async events() {
      const all: StoredEvent[] = [];
      let after: number | null = 0;
      while (after !== null) {
        const { events, next }: { events: StoredEvent[]; next: number | null } = await read(
          `/v1/events?limit=1000&after=${after}`,
        );
        all.push(...events);
        after = next;
      }
      return all;
    },
  };
};

export interface RunningWorld extends World {
  /** From now on the network works, and the label is one that nobody has used. */
  renew(): void;
  close(): Promise<void>;
}

/**
 * @param store the collector's, kept over its restarts
 * @param start what stands as the collector, if it is more than one process
 */
export const startWorld = async (
  extra: LabelExtra = {},
  store = 'sqlite',
  start = startCollector,
): Promise<RunningWorld> => {
  const pages = await startPageServer();
  const origins = [pages.site, pages.otherSite, pages.plainSite, 'null'];
  const collector = await start({ config: configOf(origins, extra), env: { STORE: store } });
  const network = await startFaultProxy(collector.url);
  const stub = await readFile(new URL('../../dist/stub.js', import.meta.url), 'utf8');
  let used = 0;
  let label = labelAt(collector, used);
  const tag = (attributes = `data-label="${label.key}"`) =>
    `<script src="${network.url}/smartico.js" ${attributes}></script>`;
  return {
    collector,
    store: store === 'sqlite' ? 'sqlite' : 'cluster',
    pages,
    network,
    get label() {
      return label;
    },
    get otherLabel() {
      return labelAt(collector, LABELS);
    },
    tag,
    page: ({
      before = '',
      after = '',
      stub: stubbed = false,
      tag: own = tag(),
      localhost = true,
      body = '<h1>Casino</h1>',
      headers,
      path,
    } = {}) =>
      pages.add(
        `<!doctype html><meta charset="utf-8"><title>Casino</title><link rel="icon" href="data:,">
<script>${localhost ? 'window._smartico_allow_localhost = true;' : ''}${watchDatabase}${before}</script>
<script>${stubbed ? stub : ''}</script>
${own}
<script>${after}</script>
<body style="height: 100vh; margin: 0">${body}`,
        headers,
        path,
      ),
    renew() {
      network.heal();
      label = labelAt(collector, used++);
    },
    async close() {
      await network.close();
      await pages.close();
      await collector.stop();
    },
  };
};

export const databaseOpen = (page: Page): Promise<unknown> =>
  page.evaluate(() => (window as unknown as { databaseOpen: Promise<unknown> }).databaseOpen);

/** Opens a page of the world and waits until its SDK writes into the database. */
export const openReady = async (page: Page, url: string): Promise<Page> => {
  await page.goto(url);
  await databaseOpen(page);
  return page;
};

/** Makes the page call these actions, in one task. */
export const act = (page: Page, ...names: string[]): Promise<void> =>
  page.evaluate((all) => {
    for (const name of all) window._smartico.action(name);
  }, names);

export const flush = (page: Page): Promise<FlushCounts> => page.evaluate(() => window._smartico.flush());

export const nameOf = ({ payload, event_type }: StoredEvent): string => String(payload.client_action ?? event_type);

/** What the SDK says by itself of who is there, and the collector of whose visitor it was. */
export const ownWords = new Set(['login', 'logout', 'core_language_changed', 'visitor_linked']);
/** What the page said. */
export const saidByPage = async (label: Label): Promise<StoredEvent[]> =>
  (await label.events()).filter(({ event_type }) => !ownWords.has(event_type));
