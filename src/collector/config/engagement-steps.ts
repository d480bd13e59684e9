/**
 * Steps that show something in a page: a popup, an inbox message, a deep link. They pass the door that requests of operators
 * pass, with each `{{ ... }}` standing as a letter and each `{% ... %}` as nothing; an address that begins with one can only
 * be judged when it is made. What goes into the page is judged there again, whole.
 */
import type { Json, Payload } from '../../wire/event.ts';
import type { Content } from '../engagement/content.ts';
import { readRequest, shownNames } from '../engagement/request.ts';
import type { Step } from '../engine/definitions.ts';
import { parseDuration } from './duration.ts';
import { fields, type Place } from './place.ts';
import type { Surroundings } from './steps.ts';
import { areTemplates } from './templates.ts';

const LIQUID = /\{[{%]/;
const addresses = ['action', 'image', 'icon', 'dp'];

/** @param name of the field that the text stands in */
const standIn = (text: string, name: string): string => {
  if (!LIQUID.test(text)) return text;
  if (addresses.includes(name) && /^\s*\{[{%]/.test(text)) return '/x';
  return text.replace(/\{\{[\s\S]*?\}\}/g, 'x').replace(/\{%[\s\S]*?%\}/g, '') || 'x';
};

/** What a request with templates is for the door. */
export const withStandIns = (value: Json, name = ''): Json => {
  if (typeof value === 'string') return standIn(value, name);
  if (Array.isArray(value)) return value.map((one) => withStandIns(one, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, withStandIns(one, inner)]));
};

/** What stands in places, as it stands there; `undefined` where the texts are no templates, whatever else they are. */
export const withTemplates = (places: { [name: string]: Place | undefined }): Payload | undefined => {
  const given = Object.entries(places).flatMap(([name, at]): [string, Place][] => (at ? [[name, at]] : []));
  const areGood = given.map(([, at]) => areTemplates(at)).every(Boolean);
  return areGood ? Object.fromEntries(given.map(([name, { value }]) => [name, value as Json])) : undefined;
};

const checkAtDoor = (
  at: Place,
  request: Payload,
  { places, warnings }: Surroundings,
  pathOf: (path: string) => string,
) => {
  const read = readRequest(withStandIns(request), places, 0);
  if (!read.ok) for (const { path, reason } of read.mistakes) at.inside(undefined, pathOf(path)).mistake(reason);
  else if (typeof request.html === 'string' && !LIQUID.test(request.html))
    for (const { what, why } of read.requested.removed)
      warnings.push({ path: pathOf('html'), reason: `${what} is taken out: ${why}` });
};

export const readShown = (kind: 'popup' | 'inbox', at: Place, surroundings: Surroundings): Step => {
  const { expiresIn, ...shown } = fields(at, [...shownNames[kind], 'expiresIn']);
  const words = at.isObject() ? withTemplates(shown) : undefined;
  const request = { kind, ...words };
  if (words) checkAtDoor(at, request, surroundings, (path) => `${at.path}.${path}`);
  return { kind: 'engagement', request, expiresIn: expiresIn ? parseDuration(expiresIn) : null };
};

export const readDeepLink = (at: Place, surroundings: Surroundings): Step => {
  const request = { kind: 'deep_link' satisfies Content['kind'], dp: at.text() };
  if (request.dp !== '' && areTemplates(at)) checkAtDoor(at, request, surroundings, () => at.path);
  return { kind: 'engagement', request, expiresIn: null };
};
