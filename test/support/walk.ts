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
import { windowOf } from './windows.ts';

/** Milliseconds, beside what README publishes, for the way between the test and what it kills. */
const WAY = { renderer: 45, browser: 100 };

export interface Called {
  name: string;
  origin: string;
  /** The document that called, and whom it named. */
  document: string;
  user: string | undefined;
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
  shift: number;
  /** What the page called while it loaded. */
  early?: Spoken;
}
type WalkWindow = Window & {
  walker?: Walker;
  databaseOpen: Promise<unknown>;
  callNow(names: string[]): Spoken;
};

/** In the page: calls these, by the SDK or by its stub, and says what the page knows of it. */
const callNow = `(names) => {
    for (const name of names) _smartico.action ? _smartico.action(name) : _smartico('action', name);
    const { document, database } = walker;
    return { document, user: _smartico_user_id, database, at: performance.timeOrigin + performance.now() };
  }`;
/** Some pages call as soon as they can, when they are first there. */
const after = `
  const [{ type }] = performance.getEntriesByType('navigation');
  const early = type === 'navigate' && new URLSearchParams(location.search).get('calls');
  walker.early = callNow(early ? early.split(',') : []);`;
/** The device's clock is the walk's, and so is the user. */
const before = `
  const asked = new URLSearchParams(location.search);
  window._smartico_user_id = asked.get('user');
  window.walker = { document: Math.random().toString(36), shift: Number(asked.get('shift')), database: false };
  const { now } = Date;
  Date.now = () => now() + walker.shift;
  databaseOpen.then(() => { walker.database = true; });
  window.callNow = ${callNow};`;

export const machineNow = (): number => performance.timeOrigin + performance.now();

export class Walk {
  readonly chance: Chance;
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
  #called = 0;

  private constructor(
    readonly seed: number,
    readonly world: World,
    readonly directory: string,
    public browser: BrowserWindow,
    /** What happened so far. */
    readonly steps: string[],
  ) {
    this.chance = chanceOf(seed);
    this.#path = world.page({ stub: true, before, after });
    this.#away = world.pages.add('<h1>Elsewhere</h1>');
  }

  static async begin(seed: number, world: World, steps: string[]): Promise<Walk> {
    const directory = await mkdtemp(join(tmpdir(), 'openaction-walk-'));
    return new Walk(seed, world, directory, await openWindow(directory), steps);
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

  /** Names for so many calls. */
  names(count: number): string[] {
    this.#called += count;
    return Array.from({ length: count }, (_, index) => `walk-${this.seed}-${this.#called - index}`).reverse();
  }
  /** Makes the page call so many in one task, and go somewhere in the same. */
  async call({ page }: Tab, count: number, go?: string): Promise<void> {
    const names = this.names(count);
    const { origin } = new URL(page.url());
    const spoken = await page.evaluate(
      ([all, target]) => {
        const said = (window as unknown as WalkWindow).callNow(all);
        if (target) location.href = target;
        return said;
      },
      [names, go] as const,
    );
    this.ledger.push(...names.map((name) => ({ name, origin, ...spoken })));
  }
  /** What a page was to call while it loaded. */
  async heard({ page }: Tab, names: string[], origin: string): Promise<void> {
    const spoken = await this.ask(page, () => (window as unknown as WalkWindow).walker?.early, null);
    const unknown = {
      document: '',
      user: undefined,
      at: machineNow(),
      database: false,
      doubt: 'nobody saw whether it was called',
    };
    this.ledger.push(...names.map((name) => ({ name, origin, ...(spoken ?? unknown) })));
  }

  /** What was called so lately that README does not promise it. */
  doubt(which: 'renderer' | 'browser', moment: number): void {
    for (const called of this.ledger) {
      const database = called.database ? 'open' : 'not open yet';
      const most = WAY[which] + (which === 'browser' ? windowOf.browser({ database }) : windowOf.renderer);
      if (moment - called.at < most)
        called.doubt ??= `${Math.round(moment - called.at)} ms before the ${which} was killed`;
    }
  }

  /** The visitor opens the browser again, as it is on disk. */
  async reopen(): Promise<void> {
    this.browser = await openWindow(this.directory);
    this.network = 'on';
  }

  /** Nothing is in the way any more. */
  async heal(): Promise<void> {
    this.world.network.heal();
    if (this.collector === 'down') await this.world.collector.restart();
    this.collector = 'up';
    await this.browser.context.setOffline(false);
    this.network = 'on';
  }

  /** A page of each origin sends what waits there, until nothing does. */
  async comeBack(): Promise<void> {
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
      if (user && event.user_ext_id !== user) wrong.push(`${name} of ${user} is stored as ${event.user_ext_id}'s`);
      const place = `${document} ${event.page_id}`;
      if (event.seq! <= (last.get(place) ?? 0)) wrong.push(`${name} has seq ${event.seq} after ${last.get(place)}`);
      last.set(place, event.seq!);
    }
    return [...wrong, ...[...times.keys()].map((name) => `${name} is foreign`)];
  }

  async end(): Promise<void> {
    await this.heal();
    await this.browser.close();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}
