/**
 * A label that another process follows. What is asked of it here all the same: how somebody is registered by its
 * definitions, and whether what was committed is in the states by now. Nothing follows from anything.
 */
import type { Label } from '../config/config.ts';
import { planOf } from '../engine/plan.ts';
import { firstLookBy } from './first-look.ts';
import { createFoldWait } from './fold-wait.ts';
import { concerns } from './happening.ts';
import { definitionsOf, type FollowedLabel, type LabelNeeds } from './label.ts';
import { pastOf } from './past.ts';

export const awaitLabel = (first: Label, needs: LabelNeeds, lastHeard = 0): FollowedLabel => {
  const { log, users, failed } = needs;
  const { name } = first;
  let current = first;
  let plan = planOf(first);
  const wait = createFoldWait({ log, lastHeard, failed });
  const stopListening = users.listen((label, folded) => {
    if (label === name) wait.cameTo(folded);
  });
  users.folded(name).then(wait.cameTo).catch(failed);
  // Of a label that is new to the config, what is sent from now on is not past, whoever comes to follow it.
  pastOf(log, users, name).catch(failed);

  return {
    committed({ events, device_id }, outcomes) {
      for (const [n, { event_type, user_ext_id, name: action, system: isSystem }] of events.entries()) {
        const cursor = outcomes[n]!;
        if (typeof cursor === 'number' && concerns(plan, { event_type, user_ext_id, device_id, action, isSystem }))
          wait.heard(cursor);
      }
    },
    folded: wait.folded,
    lastHeard: wait.lastHeard,
    replace(next) {
      if (definitionsOf(next) !== definitionsOf(current)) plan = planOf(next);
      current = next;
    },
    firstLook: (customer, state) => firstLookBy(plan, current, customer, state, needs),
    settled: async () => {},
    idle: async () => {},
    forget: () => {},
    measures: () => ({ lagSeconds: 0, outbox: 0, fanouts: 0 }),
    close: async () => stopListening(),
  };
};
