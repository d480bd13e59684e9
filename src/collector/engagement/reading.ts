/**
 * One reading of what an operator asks to be sent: takes values from their places, and writes down each mistake with path,
 * code and reason. Knows forms and limits; what an engagement consists of, `request.ts` knows.
 */
import type { Payload } from '../../wire/event.ts';
import type { Button } from '../../wire/protocol.ts';
import { fields, type Mistake, type Place, place } from '../config/place.ts';
import { cleanHtml, type Removed } from './clean-html.ts';
import { type LinkProblem, linkProblem, type Places } from './safe-link.ts';

export interface RequestMistake extends Mistake {
  /** `bad_field` unless a rule has a name of its own. */
  code: 'bad_field' | 'too_long' | 'unsafe_link' | 'expired' | 'nothing_left' | 'uid_taken' | 'over_limit';
}

const UID = /^[A-Za-z0-9._-]{8,64}$/;
const most = { html: 64 * 1024, buttons: 4, button: 60, customData: 8 * 1024 } as const;

export interface Reading {
  root: Place;
  mistakes(): RequestMistake[];
  /** What was taken out of the HTML. */
  removed(): Removed[];
  text(at: Place | undefined, longest: number): string;
  textOrNull(at: Place | undefined, longest: number): string | null;
  /** A link or a picture's address, by its rule. */
  address(at: Place | undefined, problemOf: (text: string) => LinkProblem): string | null;
  html(at: Place | undefined, places: Places): string | null;
  buttons(at: Place | undefined): Button[];
  whole(at: Place | undefined, from: number, to: number): number | null;
  oneOf<Choice extends string>(at: Place | undefined, choices: readonly Choice[]): Choice | null;
  expiry(at: Place | undefined): number | null;
  customData(at: Place | undefined): Payload | null;
  uid(at: Place | undefined): string | undefined;
}

export const openReading = (value: unknown, now: number): Reading => {
  const found: (Mistake & { code?: RequestMistake['code'] })[] = [];
  let removed: Removed[] = [];
  const mistake = ({ path }: Place, code: RequestMistake['code'], reason: string): null => {
    found.push({ path, code, reason });
    return null;
  };

  const text = (at: Place | undefined, longest: number): string => {
    const given = at?.text() ?? '';
    if (at && given.length > longest) mistake(at, 'too_long', `is longer than ${longest} characters`);
    return given;
  };
  const textOrNull = (at: Place | undefined, longest: number): string | null =>
    at?.orNull((given) => text(given, longest)) ?? null;
  const address = (at: Place | undefined, problemOf: (text: string) => LinkProblem): string | null =>
    at?.orNull((given) => {
      const link = given.text();
      const problem = link === '' ? undefined : problemOf(link);
      if (problem) mistake(given, 'unsafe_link', problem);
      return link;
    }) ?? null;
  const whole = (at: Place | undefined, from: number, to: number): number | null =>
    at?.orNull(({ value: given }) => {
      const isWhole = typeof given === 'number' && Number.isSafeInteger(given);
      if (isWhole && given >= from && given <= to) return given;
      return mistake(at, 'bad_field', `must be a whole number of ${from} to ${to}`);
    }) ?? null;

  return {
    root: place(value, '', found),
    mistakes: () => found.map((one) => ({ code: 'bad_field', ...one })),
    removed: () => removed,
    text,
    textOrNull,
    address,
    whole,
    html(at, places) {
      const given = textOrNull(at, most.html);
      if (at === undefined || given === null || given === '' || given.length > most.html) return null;
      const clean = cleanHtml(given, places);
      removed = clean.removed;
      if (clean.html.trim() === '') mistake(at, 'nothing_left', 'nothing of this HTML may be shown');
      return clean.html;
    },
    buttons(at) {
      const list = at?.list() ?? [];
      if (at && list.length > most.buttons) mistake(at, 'too_long', `has more than ${most.buttons} buttons`);
      return list.map((one) => {
        const button = fields(one, ['text', 'action'], ['text', 'action']);
        return { text: text(button.text, most.button), action: address(button.action, linkProblem) ?? '' };
      });
    },
    oneOf: (at, choices) =>
      at?.orNull(({ value: given }) => {
        const choice = choices.find((one) => one === given);
        return choice ?? mistake(at, 'bad_field', `must be one of ${choices.join(', ')}`);
      }) ?? null,
    expiry(at) {
      const time = whole(at, 0, Number.MAX_SAFE_INTEGER);
      if (at && time !== null && time <= now) mistake(at, 'expired', 'has passed already');
      return time;
    },
    customData: (at) =>
      at?.orNull(({ value: given }) => {
        if (typeof given !== 'object' || given === null || Array.isArray(given))
          return mistake(at, 'bad_field', 'must be an object');
        if (JSON.stringify(given).length > most.customData)
          return mistake(at, 'too_long', `is longer than ${most.customData} characters as JSON`);
        return given as Payload;
      }) ?? null,
    uid(at) {
      if (at === undefined) return undefined;
      if (typeof at.value === 'string' && UID.test(at.value)) return at.value;
      mistake(at, 'bad_field', 'must be 8 to 64 of A-Z a-z 0-9 . _ -');
      return undefined;
    },
  };
};
