/**
 * The doctor's table, second part: the way to the collector, and what the collector says of the page as a whole.
 */
import type { Facts, Probe } from './diagnosis.ts';
import { type Line, waits } from './finding.ts';

/** Codes of a refusal that have a line of their own, or that say "later". */
const BUSY = ['overloaded', 'shutting_down', 'internal'];
const OWN = ['unknown_label', 'origin_not_allowed', 'rate_limited', 'consent_refused', ...BUSY];

const refusal = ({ probe }: Facts): Extract<Probe, { is: 'refused' }> | undefined =>
  probe.is === 'refused' ? probe : undefined;
const said = (facts: Facts): string => {
  const { status, code, message } = refusal(facts) ?? {};
  return `${code} (${status}): ${message}`;
};
const refusedFor =
  (...codes: string[]) =>
  (facts: Facts): boolean =>
    codes.includes(`${refusal(facts)?.code}`);

export const wayLines: Line[] = [
  {
    verdict: 'mixed_content',
    applies: ({ probe }) => probe.is === 'mixed content',
    says: ({ page, collector }) => `${page} is secure and ${collector} is not: the browser sends nothing there.`,
    todo: () => 'The operator: serve the collector over https, and name that address.',
  },
  {
    verdict: 'blocked_by_policy',
    applies: ({ probe }) => probe.is === 'blocked by policy',
    says: ({ probe, collector }) =>
      `The page's Content-Security-Policy forbids ${collector} (${'directive' in probe ? probe.directive : ''}).`,
    todo: ({ probe, collector }) =>
      `The site: add ${collector} to ${'directive' in probe ? probe.directive : ''} of its policy (README, "Content security policy").`,
  },
  {
    verdict: 'blocked_by_extension',
    applies: ({ probe }) => probe.is === 'blocked',
    says: ({ probe, collector }) =>
      `${collector}/v1/events cannot be fetched (it failed after ${'within' in probe ? probe.within : 0} ms) while other addresses there answer: a browser extension, or a filter on the network, blocks it.`,
    todo: () =>
      'The visitor: allow the site in the blocker. The operator: serve the collector under a path of the site’s own host.',
  },
  {
    verdict: 'answered_by_stranger',
    applies: ({ probe }) => probe.is === 'answered by a stranger',
    says({ probe, collector }) {
      const { status, type } = probe.is === 'answered by a stranger' ? probe : {};
      return `Something that is no collector answers at ${collector}/v1/events (${status ? `status ${status}, ${type}` : 'without CORS headers'}): the login page of a network, a proxy, or another server.`;
    },
    todo: ({ collector }) =>
      `You: open ${collector}/healthz in a tab; it says "ok" where a collector is. A network's login page: log in. A proxy: the operator lets bodies and headers through unchanged.`,
  },
  {
    verdict: 'collector_unreachable',
    applies: ({ probe }) => probe.is === 'unreachable',
    says: ({ probe, collector, waiting }) =>
      `${collector} does not answer (after ${'within' in probe ? probe.within : 0} ms) although the network works; ${waits(waiting.all)}.`,
    todo: ({ collector }) =>
      `You: open ${collector}/healthz in a tab; a warning about its certificate shows there, and what answers in a private window without extensions was blocked by one. The operator: see whether the collector runs.`,
  },
  {
    verdict: 'unknown_label',
    applies: (facts) => refusedFor('unknown_label')(facts) || facts.stopped === 'unknown_label',
    says: (facts) => `The collector does not know the label key "${facts.label}": ${refusal(facts)?.message ?? ''}`,
    todo: ({ collector }) =>
      `The site: give init the public key of a label of ${collector}. The operator: the key stands in the collector's config.`,
  },
  {
    verdict: 'origin_not_allowed',
    applies: refusedFor('origin_not_allowed'),
    says: (facts) => `The label does not take events of pages of ${facts.page}: ${refusal(facts)?.message}`,
    todo: ({ page }) => `The operator: add "${page}" to the label's "origins", then load the page anew.`,
  },
  {
    verdict: 'rate_limited',
    applies: refusedFor('rate_limited'),
    says: (facts) => `The collector takes no more from here at the moment: ${said(facts)}.`,
    todo: () => 'Nobody: events wait and go by themselves. The operator, if it lasts: raise the label’s "rates".',
  },
  {
    verdict: 'collector_busy',
    applies: refusedFor(...BUSY),
    says: (facts) => `The collector takes nothing at the moment: ${said(facts)}.`,
    todo: () => 'Nobody: events wait and go by themselves. The operator, if it lasts: look at the collector’s log.',
  },
  {
    verdict: 'request_refused',
    applies: ({ probe }) => probe.is === 'refused' && !OWN.includes(probe.code),
    says: (facts) => `The collector refuses what this page sends: ${said(facts)}.`,
    todo: () => 'The operator: README’s table of error codes has what to do; a proxy may have changed the request.',
  },
  {
    verdict: 'stopped',
    applies: ({ stopped, probe }) => stopped !== null && probe.is === 'taken',
    says: ({ stopped, waiting }) =>
      `This page stopped sending when the collector refused it (${stopped}), which it does no more; ${waits(waiting.all)}.`,
    todo: () => 'You: load the page anew.',
  },
  {
    verdict: 'told_to_wait',
    applies: ({ retry }) => retry?.asked ?? false,
    says: ({ retry, waiting }) =>
      `The collector, or a proxy before it, asked to be left alone until ${retry?.at} (Retry-After); ${waits(waiting.all)}.`,
    todo: () => 'Nobody: they go by themselves then. The operator, if it is long: find who answered so.',
  },
];
