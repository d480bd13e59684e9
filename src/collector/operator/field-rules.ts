/**
 * What the registry sets for the fields of events: types that they must have, and fields that are never kept. Held in memory,
 * since every event is judged by them; a label that sets none costs nothing.
 */
import type { Payload } from '../../wire/event.ts';
import { actionEvent, nameIn, typeOf } from '../shape.ts';
import type { EventLog, Registered, RegistryKind } from '../store/event-log.ts';

type Rules = Registered['fields'];

/** Of one label. */
export interface LabelRules {
  types: ReadonlyMap<string, Rules>;
  actions: ReadonlyMap<string, Rules>;
}

export interface FieldRules {
  /** `undefined` for a label that sets none. */
  of(label: string): LabelRules | undefined;
  /** Reads them again: at the start, and after a change. */
  load(labels: readonly { name: string }[]): Promise<void>;
}

export type Ruled = { ok: true; payload: Payload } | { ok: false; message: string };

const rulesOf = (registered: readonly Registered[], kind: RegistryKind): Map<string, Rules> =>
  new Map(
    registered
      .filter((one) => one.kind === kind && Object.keys(one.fields).length > 0)
      .map(({ name, fields }) => [name, fields]),
  );

export const createFieldRules = (log: Pick<EventLog, 'registry'>): FieldRules => {
  const known = new Map<string, LabelRules>();
  const loadOne = async (label: string): Promise<void> => {
    const { registered } = await log.registry(label);
    const types = rulesOf(registered, 'event_type');
    const actions = rulesOf(registered, 'action');
    if (types.size + actions.size === 0) known.delete(label);
    else known.set(label, { types, actions });
  };
  return {
    of: (label) => known.get(label),
    async load(labels) {
      await Promise.all(labels.map(({ name }) => loadOne(name)));
    },
  };
};

/** A payload as it may be kept: by the rules of its type, and of its action where it has one. */
export const underRules = ({ types, actions }: LabelRules, eventType: string, payload: Payload): Ruled => {
  const ofAction = eventType === actionEvent ? actions.get(nameIn(eventType, payload)) : undefined;
  let kept = payload;
  for (const [name, rule] of [...Object.entries(types.get(eventType) ?? {}), ...Object.entries(ofAction ?? {})]) {
    if (!Object.hasOwn(kept, name)) continue;
    if ('drop' in rule) {
      const { [name]: dropped, ...others } = kept;
      kept = others;
      continue;
    }
    const type = typeOf(kept[name]!);
    if (type !== rule.type)
      return { ok: false, message: `payload.${name} must be of the type ${rule.type}, got ${type}` };
  }
  return { ok: true, payload: kept };
};
