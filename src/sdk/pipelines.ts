/**
 * Where events go: into the pipeline of the present label or, while there is none, to where they wait for one. Every label
 * that the page has had keeps its own: what another one left waiting is still delivered.
 */
import type { PageCount } from '../wire/event.ts';
import type { FlushCounts, Receipts } from './api.ts';
import type { Consent } from './consent.ts';
import type { Lose } from './losses.ts';
import type { Settings } from './options.ts';
import { type Condition, type Pipeline, type PipelineNeeds, startPipeline } from './pipeline.ts';
import { journalQueue } from './queue/journal-queue.ts';

export interface Pipelines {
  append(eid: string, text: string, place: PageCount): void;
  /** Events that never came as far as a queue, of the present label. */
  lose: Lose;
  /** A label is known, or another one. */
  open(settings: Settings): void;
  flush(): Promise<FlushCounts>;
  receipts(): Promise<Receipts>;
  /** Of the present label’s. */
  condition(): Promise<Condition> | undefined;
  /** The visitor refused: nothing that waits is sent. */
  purge(): void;
}

export const createPipelines = (
  needs: Omit<PipelineNeeds, 'held' | 'isPresent' | 'may'>,
  { given }: Consent,
): Pipelines => {
  const { platform, prefix, losses, letters, tell } = needs;
  /** What no label has yet is kept under the one of no name. */
  const mine = `${prefix}:`;
  const held = journalQueue(platform.local, `${mine}q:`);
  const heldLosses = losses.of(mine);
  const all: { [label: string]: Pipeline } = Object.create(null);
  let present: Pipeline | undefined;
  return {
    append(eid, text, place) {
      if (present && given()) return present.append(eid, text, place);
      if (given()) tell('no_label', 'events wait for init(label)');
      else tell('consent_missing', 'events wait in memory for consent(true)');
      if (!held.append(eid, text)) heldLosses.lose('storage', [place]);
    },
    lose: (...what) => (present ?? heldLosses).lose(...what),
    open(settings) {
      const { label } = settings;
      const isPresent = () => present === all[label];
      present = all[label] ??= startPipeline(settings, { ...needs, held, isPresent, may: given });
    },
    flush: async () => present?.flush() ?? { stored: 0, duplicate: 0, rejected: 0, pending: await held.count() },
    receipts: async () => present?.receipts() ?? { recent: [], dead: letters.read(), pending: await held.count() },
    condition: () => present?.condition(),
    purge() {
      for (const one of Object.values(all)) void one.purge();
    },
  };
};
