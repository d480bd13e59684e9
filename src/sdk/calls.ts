/**
 * The arguments of a public call, checked: unknown in, a call that can be captured out, or nothing and a told reason.
 */
import type { SignedLink, Source } from '../wire/event.ts';
import { limits } from '../wire/limits.ts';
import type { Call } from './capture.ts';
import type { DeepLink } from './deep-link.ts';
import type { Tell } from './notice.ts';

/** A name as a page gives it: text or a number, `''` for anything that is none. */
export const nameOf = (value: unknown): string => {
  const name = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return name.length > limits.nameLength ? '' : name;
};

export interface Calls {
  action(name: unknown, extra: unknown, source: Source, link?: SignedLink): Call | undefined;
  event(type: unknown, payload: unknown): Call | undefined;
  entry(entry: unknown): Call | undefined;
  /** The call that a deep link asks for. */
  link(link: DeepLink): Call | undefined;
}

export const createCalls = (tell: Tell): Calls => {
  const calls: Calls = {
    action(name, extra, source, link) {
      const client_action = nameOf(name);
      if (client_action)
        return { type: 'client_action', source, payload: { ...Object(extra), client_action }, ...(link && { link }) };
      tell(
        'empty_action',
        `action() needs a name of 1 to ${limits.nameLength} characters, e.g. action("CashierSubmitClicked").`,
      );
      return undefined;
    },
    event(type, payload) {
      const name = nameOf(type);
      if (name) return { type: name, payload, source: 'api' };
      tell(
        'empty_event_type',
        `event() needs a type of 1 to ${limits.nameLength} characters, e.g. event("deposit_started", { amount: 5 }).`,
      );
      return undefined;
    },
    entry: (entry) => ({
      type: 'core_set_last_login_entry',
      payload: { core_last_login_entry: nameOf(entry) },
      source: 'api',
    }),
    link({ verb, params }) {
      const exp = Number(params.get('exp'));
      const sig = params.get('sig');
      if (verb === 'action')
        return calls.action(params.get('action'), undefined, 'deep_link', sig && exp ? { exp, sig } : undefined);
      tell('link_unknown', `This version runs no deep link "${verb}".`, { key: verb });
      return undefined;
    },
  };
  return calls;
};
