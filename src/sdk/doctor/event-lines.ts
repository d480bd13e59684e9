/**
 * The doctor's table, third part: what becomes of single events, and where they wait.
 */
import type { Facts } from './diagnosis.ts';
import { events, type Line, listed, span, sum, waits } from './finding.ts';

/** Seconds from which a clock is worth a word: hashes are signed for minutes at the least. */
const CLOCK = 60;

const only = ({ rejected, stored, duplicate }: Facts): string | undefined => {
  const codes = Object.keys(rejected);
  return codes.length === 1 && stored + duplicate === 0 ? codes[0] : undefined;
};
const off = ({ ahead }: Facts): string =>
  ahead !== null && Math.abs(ahead) >= CLOCK
    ? `this device's clock is ${span(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}`
    : '';
const about = (facts: Facts): string => `${events(sum(facts.rejected))} rejected: ${facts.rejection}`;

export const eventLines: Line[] = [
  {
    verdict: 'identity_expired',
    applies: (facts) => only(facts) === 'identity_expired',
    says: (facts) =>
      `The user's hash ran out before the events happened${off(facts) && `, or so it seems: ${off(facts)}`}. ${about(facts)}.`,
    todo: (facts) =>
      off(facts)
        ? 'The visitor: set the clock. The site: sign hashes for longer than clocks are wrong.'
        : 'The site: sign a new hash on the server when the page is made, and give it with identify.',
  },
  {
    verdict: 'identity_unverified',
    applies: (facts) => ['identity_unverified', 'bad_hash'].includes(`${only(facts)}`),
    says: (facts) =>
      `The label requires a user_hash; the page gave ${facts.proof ? 'one that does not fit the user' : 'none'}. ${about(facts)}.`,
    todo: () => 'The site: sign the very id that identify is given, on the server, with a salt of this label.',
  },
  {
    verdict: 'all_rejected',
    applies: ({ rejected, stored, duplicate }) => sum(rejected) > 0 && stored + duplicate === 0,
    says: (facts) => `Every event of this page is rejected, ${listed(facts.rejected)}. The last: ${facts.rejection}.`,
    todo: () => 'The site: README’s table of error codes has what to do; receipts() has the events.',
  },
  {
    verdict: 'queue_full',
    applies: ({ told }) => told.includes('queue_overflow'),
    says: ({ waiting, losses }) =>
      `The queue is full and drops its oldest: ${waits(waiting.all)}, ${losses.overflow} were dropped on this device.`,
    todo: () => 'The operator: see why nothing left for so long; what waits goes as soon as the collector answers.',
  },
  {
    verdict: 'retrying',
    applies: ({ retry, probe }) => retry !== null && !retry.asked && probe.is === 'taken',
    says: ({ retry, waiting }) =>
      `The last try failed, and the next is at ${retry?.at}; ${waits(waiting.all)}. The collector answers now.`,
    todo: () => 'Nobody: they go by themselves; flush() sends them at once.',
  },
  {
    verdict: 'not_durable',
    // One that is still opening is not refused.
    applies: ({ storage, told }) => storage !== 'database' && told.includes('queue_not_durable'),
    says: ({ storage, waiting }) =>
      storage === 'journal'
        ? `The browser refuses its database; ${waits(waiting.all)} in localStorage, 200 at the most.`
        : `The browser refuses to store anything; ${waits(waiting.all)} in memory, and are gone with the page.`,
    todo: () =>
      'The visitor: a private window, blocked site data or a full disk does that. Events are sent all the same.',
  },
  {
    verdict: 'some_rejected',
    applies: ({ rejected, stored, duplicate }) => sum(rejected) > 0 && stored + duplicate > 0,
    says: (facts) =>
      `${sum(facts.rejected)} of the last ${events(sum(facts.rejected) + facts.stored + facts.duplicate)} were rejected, ${listed(facts.rejected)}. The last: ${facts.rejection}.`,
    todo: () => 'The site: README’s table of error codes has what to do; receipts() has the events.',
  },
  {
    verdict: 'clock_off',
    applies: (facts) => off(facts) !== '',
    says: (facts) => `Measured against the collector's time ${off(facts)}; events carry this device's time.`,
    todo: () => 'The visitor: set the clock. Until then hashes may look expired, and timelines out of order.',
  },
];
