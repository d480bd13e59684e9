/**
 * A visitor on a device through whom everything goes wrong: one browser profile, tabs on two origins of the operator's,
 * and the ledger of what was called, which the test keeps outside. What can go wrong is `walk-steps.ts`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { StoredEvent } from '../../src/collector/live/shapes.ts';
import { type BrowserWindow, openWindow } from './browser.ts';
import { flush, nameOf, saidByPage, type World } from './delivery-world.ts';
import { type Chance, chanceOf } from './seeds.ts';

/** What README publishes beside its promise, in milliseconds, and a little for the way between the test and the browser. */
const windows = {
  renderer: 50,
  browser: 300,
  /** While the database is not open yet. */
  browserWithoutDatabase: 5_300,
};

export interface Called {
  name: string;
  origin: string;
  /** The document that called. */
  document: string;
  user: string;
  /** When the call had returned, on the machine's clock. */
  at: number;
  database: boolean;
  /** Why it may be lost. */
  doubt?: string;
}

export interface Tab {
  page: Page;
  is: 'awake' | 'frozen';
}

/** What the page says of itself, whether the SDK is there or only the stub. */
interface Spoken {
  document: string;
  user: string;
  database: boolean;
  at: number;
}
interface Walker {
  document: string;
  shift: number;
  database: boolean;
}
type WalkWindow = Window & { walker?: Walker; databaseOpen: Promise<unknown>; _smartico_user_id: string };

/** The device's clock is the walk's, and so is the user. */
const before = `
  const asked = new URLSearchParams(location.search);
  window._smartico_user_id = asked.get('user');
  window.walker = { document: Math.random().toString(36), shift: Number(asked.get('shift')), database: false };
  const { now } = Date;
  Date.now = () => now() + walker.shift;
  databaseOpen.then(() => { walker.database = true; });`;

export const machineNow = (): number => performance.timeOrigin + performance.now();

export class Walk {
  readonly chance: Chance;
  readonly steps: string[] = [];
  readonly ledger: Called[] = [];
  tabs: Tab[] = [];
  user = 'ann';
  /** Milliseconds by which the device's clock is wrong. */
  shift = 0;
  collector: 'up' | 'down' = 'up';
  network: 'on' | 'offline' = 'on';
  readonly #path: string;
  readonly #away: string;
  #pages = 0;

  private constructor(
    readonly seed: number,
    readonly world: World,
    readonly directory: string,
    public browser: BrowserWindow,
  ) {
    this.chance = chanceOf(seed);
    this.#path = world.page({ stub: true, before });
    this.#away = world.pages.add('<h1>Elsewhere</h1>');
  }

  static async begin(seed: number, world: World): Promise<Walk> {
    const directory = await mkdtemp(join(tmpdir(), 'openaction-walk-'));
    return new Walk(seed, world, directory, await openWindow(directory));
  }

  get origins(): string[] {
    return [this.world.pages.site, this.world.pages.otherSite];
  }
  /** An address that no page of this walk had yet. */
  home(origin = this.chance.pick(this.origins)): string {
    return `${origin}${this.#path}?n=${++this.#pages}&user=${this.user}&shift=${this.shift}`;
  }
  away(): string {
    return `${this.chance.pick(this.origins)}${this.#away}?n=${++this.#pages}`;
  }

  /** The call's answer if it comes while the page lives and moves: a page that was left, or an error page, has none. */
  async ask<T, Given>(page: Page, question: (given: Given) => T, given: Given): Promise<Awaited<T> | undefined> {
    try {
      return (await page.evaluate(question as never, given)) as Awaited<T>;
    } catch (cause) {
      if (/closed|navigation|detached|crashed|Execution context/.test(String(cause))) return undefined;
      throw cause;
    }
  }
  /** Tabs in which somebody can be called, be it the stub. */
  async speaking(): Promise<Tab[]> {
    const speaks = await Promise.all(
      this.tabs.map(
        async ({ page, is }) =>
          is === 'awake' &&
          this.ask(page, () => !!(window as unknown as WalkWindow).walker && !!window._smartico, null),
      ),
    );
    return this.tabs.filter((_, index) => speaks[index]);
  }

  /** Makes the page call so many in one task, and go somewhere in the same. */
  async call({ page }: Tab, count: number, then: { go?: string } = {}): Promise<void> {
    const names = Array.from({ length: count }, (_, index) => `walk-${this.seed}-${this.ledger.length + index + 1}`);
    const origin = new URL(page.url()).origin;
    const spoken = await page.evaluate(
      ([all, { go }]): Spoken => {
        const { walker, _smartico_user_id: user } = window as unknown as WalkWindow;
        const smartico = window._smartico as unknown as {
          (method: string, name: string): void;
          action?(name: string): void;
        };
        const { document, database } = walker!;
        for (const name of all) smartico.action ? smartico.action(name) : smartico('action', name);
        if (go) location.href = go;
        return { document, user, database, at: performance.timeOrigin + performance.now() };
      },
      [names, then] as const,
    );
    this.ledger.push(...names.map((name) => ({ name, origin, ...spoken })));
  }

  /** What was called so lately that README does not promise it. */
  doubt(which: 'renderer' | 'browser', moment: number): void {
    for (const called of this.ledger) {
      const most = which === 'browser' && !called.database ? windows.browserWithoutDatabase : windows[which];
      if (moment - called.at < most)
        called.doubt ??= `${Math.round(moment - called.at)} ms before the ${which} was killed`;
    }
  }

  /** The visitor opens the browser again, as it is on disk. */
  async reopen(): Promise<void> {
    this.browser = await openWindow(this.directory);
    this.network = 'on';
  }

  /** Everything works again, and one page of each origin sends what waits. */
  async heal(): Promise<void> {
    this.world.network.heal();
    if (this.collector === 'down') await this.world.collector.restart();
    this.collector = 'up';
    await this.browser.context.setOffline(false);
    for (const origin of this.origins) {
      const page = await this.browser.context.newPage();
      await page.goto(this.home(origin));
      await page.bringToFront();
      await page.evaluate(() => (window as unknown as WalkWindow).databaseOpen);
      const end = machineNow() + 25_000;
      for (let { pending } = await flush(page); pending; { pending } = await flush(page)) {
        if (machineNow() > end) throw new Error(`${pending} events wait for good at ${origin}`);
        await page.waitForTimeout(100);
      }
    }
  }

  /** What is wrong with what the collector has; empty if nothing is. */
  async mistakes(): Promise<string[]> {
    const stored = await saidByPage(this.world.label);
    const times = new Map<string, StoredEvent[]>();
    for (const event of stored) times.set(nameOf(event), [...(times.get(nameOf(event)) ?? []), event]);
    const wrong: string[] = [];
    const last = new Map<string, number>();
    for (const { name, user, document, doubt } of this.ledger) {
      const [event, ...more] = times.get(name) ?? [];
      times.delete(name);
      if (!event && !doubt) wrong.push(`${name} is lost`);
      if (more.length) wrong.push(`${name} is stored ${more.length + 1} times`);
      if (!event) continue;
      if (event.user_ext_id !== user) wrong.push(`${name} of ${user} is stored as ${event.user_ext_id}'s`);
      const place = `${document} ${event.page_id}`;
      if (event.seq! <= (last.get(place) ?? 0)) wrong.push(`${name} has seq ${event.seq} after ${last.get(place)}`);
      last.set(place, event.seq!);
    }
    return [...wrong, ...[...times.keys()].map((name) => `${name} is foreign`)];
  }

  async end(): Promise<void> {
    this.world.network.heal();
    if (this.collector === 'down') await this.world.collector.restart();
    await this.browser.close();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
