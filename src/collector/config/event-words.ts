/**
 * A warning where steps that any event may begin say words of it to a customer by message, or lead their open page by it: who
 * can send events of a customer then chooses what they read, or where they go.
 */
import type { Json } from '../../wire/event.ts';
import type { Step } from '../engine/definitions.ts';
import type { Place } from './place.ts';
import type { Surroundings } from './steps.ts';

/** Within one pair of braces, up to the next: a template of nothing but braces is walked once. */
const EVENT = /\{[{%](?:(?!\{[{%])[^}])*\bevent(?:Context)?\b/;
/** The value of a link in HTML, with its quotes. */
const LINK = /\bhref\s*=\s*("[^"]*"|'[^']*'|(?:\{\{[^}]*\}\}|[^\s>"'])+)/gi;

/** Addresses that a page goes to, wherever they stand in the words of what it shows. */
const addressesIn = (words: Json, name = ''): string[] => {
  if (typeof words === 'string') {
    if (name === 'html') return words.match(LINK) ?? [];
    return name === 'action' || name === 'dp' ? [words] : [];
  }
  if (Array.isArray(words)) return words.flatMap((one) => addressesIn(one, name));
  return Object.entries(words ?? {}).flatMap(([inner, one]) => addressesIn(one as Json, inner));
};

const sendsIt = (step: Step): boolean =>
  (step.kind === 'email' || step.kind === 'sms' || step.kind === 'webhook') && EVENT.test(JSON.stringify(step));

const isLedByIt = (step: Step): boolean => {
  if (step.kind !== 'engagement' && step.kind !== 'push') return false;
  return addressesIn(step.kind === 'push' ? step.notice : step.request).some((address) => EVENT.test(address));
};

export const warnOfEventWords = (
  at: Place,
  steps: readonly Step[],
  { warnings }: Pick<Surroundings, 'warnings'>,
): void => {
  const warn = (what: string): void => {
    warnings.push({
      path: at.path,
      reason: `${what} that anybody can make up; "trust": "verified" or "server" keeps those out`,
    });
  };
  if (steps.some(sendsIt)) warn('sends words of events');
  if (steps.some(isLedByIt)) warn('leads to addresses of events');
};
