/**
 * Which pages may speak to the collector. Exact comparison only; a request without an Origin is not a browser's page.
 */
import type { Label } from './config/config.ts';
import { Refusal } from './refusal.ts';

export interface Origins {
  /** Refuses `origin_not_allowed`. */
  check(label: Label, origin: string | undefined): void;
  /** As `check`, but the collector's own pages may speak for every label: its widget does. */
  checkAsking(label: Label, origin: string | undefined): void;
  /** A key that can read or forge everything has no place in another site's page: refuses `key_not_for_browsers`. */
  checkPrivateKey(origin: string | undefined): void;
}

/** @param own the collector's own origins; complete once it listens */
export const originsOf = (own: ReadonlySet<string>): Origins => {
  const check: Origins['check'] = (label, origin) => {
    if (origin === undefined || label.origins.includes(origin)) return;
    if (label.origins.includes('self') && own.has(origin)) return;
    throw new Refusal(
      'origin_not_allowed',
      `the label "${label.name}" does not list this page's origin: add ${JSON.stringify(origin)} to its "origins"`,
    );
  };
  return {
    check,
    checkAsking(label, origin) {
      if (origin === undefined || !own.has(origin)) check(label, origin);
    },
    checkPrivateKey(origin) {
      if (origin === undefined || own.has(origin)) return;
      throw new Refusal(
        'key_not_for_browsers',
        'secret and admin keys are for servers; a page of another origin sent one',
      );
    },
  };
};
