/**
 * The customer in the page: greeted by the collector, known by public props that change while the page is open, and gone
 * without a trace when the user changes. What an event will make of the customer shows at once; the collector's word,
 * which comes after, wins.
 */
import { type Answer, cids, type LabelSettings } from '../../wire/protocol.ts';
import { changedTags, type TagOperation, tagsIn } from '../../wire/tags.ts';
import { stringify } from '../json.ts';
import type { Refused } from './channel.ts';
import type { Ask, LiveNeeds } from './live.ts';

/** Answers that another try will not change, until the page changes who asks: 403, 4011, ... */
const FINAL = (code: number) => /^4/.test(`${code}`) && ![408, 425, 429].includes(code);

export interface Customer {
  /** Greets the collector for whoever the user is now. */
  greet(exchange: Ask): Promise<'ready' | 'again' | 'refused'>;
  settings(): Partial<LabelSettings>;
  identified(): boolean;
  props(): Props | null;
  /** Changed props: the collector's word, or what is expected. */
  merge(changed: Props): unknown;
  expectTags(operation: TagOperation, tags: string[]): void;
  /** The user changed. */
  forget(): void;
}
export type Props = { [name: string]: unknown };

const same = (a: unknown, b: unknown) => stringify(a) === stringify(b);

/** @param changed hears what became different; `arrived` that the user is identified */
export const createCustomer = (
  { settings, identity, device, callbacks, honorGpc, tell }: LiveNeeds,
  changed: (props: Props) => void,
  arrived: () => void,
): Customer => {
  let label: Partial<LabelSettings> = {};
  let setUp = '';
  let props: Props | null = null;
  let identified = false;
  /** Grows with every change of user: an answer that is late belongs to nobody. */
  let generation = 0;

  /** Answers whether anything became different. */
  const merge = (next: Props): boolean => {
    const different = Object.fromEntries(Object.entries(next).filter(([name, value]) => !same(props?.[name], value)));
    if (!props || !Object.keys(different).length) return false;
    props = { ...props, ...different };
    changed(different);
    callbacks.emit('props_change', { ...different });
    return true;
  };
  const refuse = (keys: string[], { errCode, message }: Refused) => {
    identified = false;
    for (const key of keys) callbacks.emitSticky(key, errCode, ...(key === 'identify' ? [{}] : []), message);
    callbacks.emit('protocol_error', { errCode, errMsg: message });
    tell('identify_refused', message);
  };

  /** `false`: the label listens to a refusal that the browser sends. */
  const setUpLabel = ({ settings: told, props: visitor }: Answer): boolean => {
    label = Object(told);
    if (label.HONOR_GPC && honorGpc()) return false;
    const { label: key, visitor: everyone, language } = settings();
    if (everyone || !identity.user()) {
      const known = {
        is_visitor: true,
        core_user_language: language || null,
        core_public_tags: [],
        ...Object(visitor),
      };
      if (props) merge(known);
      else props = known;
    }
    if (setUp !== key) callbacks.emitSticky('label_init_completed', 0, '');
    setUp = key;
    return true;
  };
  const meet = ({ props: told }: Answer) => {
    const full = Object(told) as Props;
    // Whatever else depends on the customer may be another answer, though no prop is.
    if (identified) {
      if (!merge(full)) changed({});
      return;
    }
    props = full;
    identified = true;
    changed(full);
    callbacks.emitSticky('identify', 0, { ...full }, '');
    callbacks.emit('props_change', { ...full });
    arrived();
  };

  const greet: Customer['greet'] = async (exchange) => {
    const mine = generation;
    const { label: label_key, brand: brand_key, visitor } = settings();
    const user = visitor ? null : identity.user();
    let keys = ['label_init_completed', 'identify'];
    try {
      const init = await exchange(cids.init, { label_key, brand_key, device_id: device() });
      if (mine !== generation) return greet(exchange);
      if (!setUpLabel(init)) return 'refused';
      keys = ['identify'];
      if (user === null) return 'ready';
      const answer = await exchange(cids.identify, { ext_user_id: user, hash: identity.hash() ?? null });
      if (mine !== generation) return greet(exchange);
      meet(answer);
      return 'ready';
    } catch (cause) {
      const { errCode } = cause as Refused;
      if (!FINAL(errCode)) return 'again';
      if (mine !== generation) return greet(exchange);
      refuse(keys, cause as Refused);
      return 'refused';
    }
  };

  return {
    settings: () => label,
    identified: () => identified,
    props: () => props && { ...props },
    merge,
    expectTags(operation, tags) {
      const before = (props?.core_public_tags ?? []) as string[];
      merge({ core_public_tags: changedTags(before, operation, tagsIn(tags)) });
    },
    forget() {
      generation++;
      identified = false;
      props = null;
      callbacks.forget('identify');
      if (setUp === settings().label) return;
      setUp = '';
      label = {};
      callbacks.forget('label_init_completed');
    },
    greet,
  };
};
