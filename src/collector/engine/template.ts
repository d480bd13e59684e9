/**
 * Words with Liquid in them, made of an event and its customer. Pure. Knows what a template can name, tells what of it was
 * missing, and judges a template before anybody is sent one; what Liquid may do here, `template-engine.ts` says.
 */
import type { Template } from 'liquidjs';
import type { Json, Payload } from '../../wire/event.ts';
import { nearest } from '../config/place.ts';
import type { TemplateText } from './definitions.ts';
import { engines, failed, parse, render } from './template-engine.ts';

export { TemplateFailed } from './template-engine.ts';

/** What a template can name. */
export interface TemplateContext {
  /** The payload of the event that began it all; empty where nothing did. */
  event: Payload;
  client: TemplateClient;
  /** In e-mails. */
  unsubscribe_url?: string;
  /** Of `{{ "now" | date }}`. */
  now: number;
}
export interface TemplateClient {
  id: string | null;
  /** `event` by its other name. */
  eventContext: Payload;
  properties: { [name: string]: Json };
  tags: readonly string[];
  /** Its name. */
  level: string | null;
  points: number;
  nickname: string | null;
  language: string | null;
  segments: readonly string[];
}

/** Where the words land: what they put into HTML is escaped. */
export type TemplatePlace = 'html' | 'text';

export interface Rendered {
  text: string;
  /** Names that the template asked for and that are not there: they are empty. */
  missing: string[];
}

const globalNames = ['event', 'client', 'unsubscribe_url'] as const satisfies readonly (keyof TemplateContext)[];
const clientNames = [
  'id',
  'eventContext',
  'properties',
  'tags',
  'level',
  'points',
  'nickname',
  'language',
  'segments',
] as const satisfies readonly (keyof TemplateClient)[];
/** No field of ours goes by these names, and some of JavaScript's do. */
const unreadable: readonly unknown[] = ['__proto__', 'constructor', 'prototype'];

const isPlain = (text: TemplateText): boolean => !/\{[{%]/.test(text);

/** What was made of a text once: the same few are asked about again with every event and every look at the config. */
const remembering = <Made>(most: number, make: (text: TemplateText) => Made): ((text: TemplateText) => Made) => {
  const known = new Map<TemplateText, { made: Made }>();
  return (text) => {
    const found = known.get(text);
    if (found) return found.made;
    const made = make(text);
    if (known.size >= most) known.delete(known.keys().next().value!);
    known.set(text, { made });
    return made;
  };
};

const MOST_PARSED = 2_000;
const parsed: { [place in TemplatePlace]: (text: TemplateText) => Template[] } = {
  html: remembering(MOST_PARSED, (text) => parse(text, 'html')),
  text: remembering(MOST_PARSED, (text) => parse(text, 'text')),
};

/** Both steps throw `TemplateFailed`; of a text that `templateProblem` let pass, only the second one can. */
export const compileTemplate = (text: TemplateText, place: TemplatePlace): ((context: TemplateContext) => Rendered) => {
  if (isPlain(text)) return () => ({ text, missing: [] });
  const parts = parsed[place](text);
  return (context) => render(parts, place, context);
};

/** One that knows nothing of anybody: what fails for it fails for everybody. */
const nobody: TemplateContext = {
  event: {},
  client: {
    id: null,
    eventContext: {},
    properties: {},
    tags: [],
    level: null,
    points: 0,
    nickname: null,
    language: null,
    segments: [],
  },
  now: 0,
};

const nameProblem = (path: readonly unknown[]): string | undefined => {
  const [first, second] = path;
  const barred = path.flat(Infinity).find((part) => unreadable.includes(part));
  if (barred !== undefined) return `names "${barred}", which no template may read`;
  const unknownTo = (name: unknown, known: readonly string[], where: string): string | undefined => {
    if (typeof name !== 'string' || known.includes(name)) return undefined;
    const meant = nearest(name, known);
    return `names "${where}${name}", which is not there${meant ? `; did you mean "${where}${meant}"?` : ` (${known.join(', ')})`}`;
  };
  return (
    unknownTo(first, globalNames, '') ?? (first === 'client' ? unknownTo(second, clientNames, 'client.') : undefined)
  );
};

const MOST_JUDGED = 20_000;
const judged = remembering(MOST_JUDGED, (text): string | undefined => {
  try {
    const parts = parse(text, 'html');
    const paths = engines.html.globalVariableSegmentsSync(parts);
    const problem = paths.map(nameProblem).find((one) => one !== undefined);
    if (problem === undefined) render(parts, 'html', nobody);
    return problem;
  } catch (cause) {
    return failed(cause).message;
  }
});

/** Why a text is no template that can be sent; `undefined` for one that can. */
export const templateProblem = (text: TemplateText): string | undefined => (isPlain(text) ? undefined : judged(text));
