/**
 * What a deep link may do, once the customer is known: open one of our surfaces, lead to an address that the label allows,
 * be what the operator named, or be handled by the page. Actions are not here: they are events, and the core's matter.
 */
import type { Callbacks } from '../callbacks.ts';
import type { DeepLink } from '../deep-link.ts';
import { parseJson } from '../json.ts';
import type { Tell } from '../notice.ts';
import { allowedAddress } from './address.ts';

/** Buttons of published messages that only close. */
const CLOSING = /^(ok|cancel|close|close_me|gf_close|submit)$/;
const SCREEN = /^gf(_|$)/;

export interface VerbNeeds {
  root: Window;
  callbacks: Callbacks;
  /** Names to addresses, JSON as the label's settings give it; and hosts, comma-separated. */
  named(): string | undefined;
  hosts(): string | undefined;
  openInbox(): void;
  askForPush(): void;
  showWidget(screen: string): void;
  tell: Tell;
}

export interface Verbs {
  run(link: DeepLink): void;
  /** Whether it does more than show something of ours, or close: what an operator or a page made of a name may be anything. */
  acts(link: DeepLink): boolean;
}

export const createVerbs = ({
  root,
  callbacks,
  named,
  hosts,
  openInbox,
  askForPush,
  showWidget,
  tell,
}: VerbNeeds): Verbs => {
  const go = (address: string, target?: string) => {
    const { href } = root.location;
    const allowed = allowedAddress(address, href, (hosts() ?? '').split(',').filter(Boolean));
    if (!allowed) return tell('link_dropped', address);
    if (target === '_blank') root.open(allowed, target, 'noopener');
    else root.location.assign(allowed);
  };
  const addressOf = (verb: string): unknown => Object(parseJson(named() ?? null))[verb];
  return {
    run({ verb, params }) {
      const key = `dp:${verb}`;
      const address = addressOf(verb);
      if (callbacks.heard(key)) callbacks.emit(key, { verb, params: Object.fromEntries(params) });
      else if (verb === 'go') go(params.get('url') ?? '', params.get('target'));
      else if (typeof address === 'string') go(address, params.get('target'));
      else if (verb === 'inbox') openInbox();
      else if (verb === 'ask_push_permissions') askForPush();
      else if (SCREEN.test(verb) && !CLOSING.test(verb)) showWidget(verb);
      else if (!CLOSING.test(verb)) tell('link_unknown', verb);
    },
    acts: ({ verb }) =>
      callbacks.heard(`dp:${verb}`) ||
      typeof addressOf(verb) === 'string' ||
      !(verb === 'inbox' || SCREEN.test(verb) || CLOSING.test(verb)),
  };
};
