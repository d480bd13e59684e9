/**
 * The reports behind the tabs: asked for when their tab is shown. Losses are asked for again while they are looked at and
 * something changes; the registry is not, since its open details would close under a reader.
 */
import { showLosses } from './losses.ts';
import type { ReadApi } from './read-api.ts';
import { showRegistry } from './registry.ts';
import type { RegistryKind } from './shapes.ts';
import type { Tab } from './tabs.ts';

/** A report is a sum over everything: while one is looked at it is asked for no more often than this. */
const AGE = 5_000;

interface ReportsNeeds {
  api: Pick<ReadApi, 'losses' | 'registry' | 'unregister'>;
  /** The tab that is looked at. */
  shown(): Tab;
  onProblem(problem: unknown): void;
}

export interface Reports {
  show(tab: Tab): void;
  /** Something was stored or refused. */
  changed(): void;
}

export const createReports = ({ api, shown, onProblem }: ReportsNeeds): Reports => {
  let askedAt = 0;
  let drawn = '';
  const ask = async (tab: Tab): Promise<void> => {
    askedAt = Date.now();
    if (tab === 'losses') {
      const report = await api.losses();
      const text = JSON.stringify(report);
      // Drawn again only when it says something else, so that a reader's place in it stays.
      if (text !== drawn) showLosses(report);
      drawn = text;
    }
    if (tab === 'registry')
      showRegistry(await api.registry(), (kind, name) => void remove(kind, name).catch(onProblem));
  };
  const remove = async (kind: RegistryKind, name: string): Promise<void> => {
    await api.unregister(kind, name);
    await ask('registry');
  };
  const show = (tab: Tab): void => void ask(tab).catch(onProblem);
  return {
    show,
    changed: () => {
      if (shown() === 'losses' && Date.now() - askedAt > AGE) show('losses');
    },
  };
};
