/**
 * The Liquid that templates are written in: which tags and filters there are, and how much one rendering may take.
 * Whatever a template says, it ends, stays small, reads only what it is handed, and what it puts into HTML is text there.
 */
import { Context, type FilterImplOptions, Liquid, type Template } from 'liquidjs';
import type { TemplateText } from './definitions.ts';
import type { Rendered, TemplateContext, TemplatePlace } from './template.ts';

/** The reason reads on from "the template". */
export class TemplateFailed extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'TemplateFailed';
  }
}

const most = {
  /** Characters of a template. */
  template: 65_536,
  /** Characters of what it makes. */
  text: 262_144,
  /** Parts that are rendered, each turn of a loop anew. Counted and not timed: the same event always gives the same words. */
  steps: 20_000,
  /** Characters and list entries that filters and ranges may make. */
  memory: 1_000_000,
  /** Fields that are named as missing; the others are empty without a word. */
  missing: 20,
} as const;

const usableTags = 'assign break capture case comment continue cycle echo for if raw unless #'.split(' ');
/** They would run a text of the event as code, undo the escaping, or say something else each time. */
const barredFilters = 'where_exp reject_exp group_by_exp has_exp find_exp find_index_exp raw sample'.split(' ');

type Filter = Extract<FilterImplOptions, (...given: never[]) => unknown>;

/** The library's own escaping counts what it makes; so does this. */
const asItIs: Filter = function (value: unknown) {
  const text = Array.isArray(value) ? value.join('') : String(value ?? '');
  this.context.memoryLimit.use(text.length);
  return text;
};
/** A pure function has no clock: "now" is when the event came. */
const atItsTime = (filter: Filter): Filter =>
  function (value: unknown, ...how: unknown[]) {
    const { now } = this.context.environments as TemplateContext;
    const isNow = value === 'now' || value === 'today';
    return filter.call(this, isNow ? new Date(now).toISOString() : value, ...how) as unknown;
  };

const engineFor = (place: TemplatePlace): Liquid => {
  const engine = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    memoryLimit: most.memory,
    timezoneOffset: 0,
    locale: 'en-US',
    outputEscape: place === 'html' ? 'escape' : (asItIs as (value: unknown) => string),
  });
  for (const name of Object.keys(engine.tags)) if (!usableTags.includes(name)) delete engine.tags[name];
  for (const name of barredFilters) engine.unregisterFilter(name);
  for (const [name, filter] of Object.entries(engine.filters))
    if (name.startsWith('date')) engine.registerFilter(name, atItsTime(filter as Filter));
  // Every value is escaped as it is; twice would show.
  if (place === 'html') engine.registerFilter('escape', (value: unknown) => value);
  return engine;
};
export const engines: { [place in TemplatePlace]: Liquid } = { html: engineFor('html'), text: engineFor('text') };

/** The library goes on by itself over an error of this name where a template only asks whether a field is there. */
class FieldMissing extends Error {
  override name = 'InternalUndefinedVariableError';
  constructor(readonly field: string) {
    super(`${field} is missing`);
  }
}

class Rendering extends Context {
  /** @param known fields that are missing, and may be */
  constructor(
    engine: Liquid,
    context: TemplateContext,
    private readonly known: ReadonlySet<string>,
  ) {
    super(context, engine.options, { sync: true }, { liquid: engine });
    let steps = 0;
    this.renderLimit.check = () => {
      steps += 1;
      if (steps > most.steps) throw new TemplateFailed(`takes more than ${most.steps} steps: a loop is too long`);
    };
  }
  override *_getFromScope(
    scope: unknown,
    path: (string | number)[] | string,
    isStrict = true,
  ): IterableIterator<unknown> {
    const value: unknown = yield super._getFromScope(scope, path, false);
    const field = typeof path === 'string' ? path : path.join('.');
    if (value === undefined && isStrict && this.known.size < most.missing && !this.known.has(field))
      throw new FieldMissing(field);
    return value;
  }
}

/** What the library wrapped, down to what happened. */
const rootOf = (cause: unknown): unknown => {
  const { originalError } = Object(cause) as { originalError?: unknown };
  return originalError === undefined ? cause : rootOf(originalError);
};

export const failed = (cause: unknown): TemplateFailed => {
  const root = rootOf(cause);
  if (root instanceof TemplateFailed) return root;
  if (root instanceof RangeError) return new TemplateFailed('is nested too deep, or makes too much', cause);
  const [reason = ''] = (cause as Error).message.split('\n');
  if (reason.startsWith('memory alloc limit'))
    return new TemplateFailed('makes too much: a range, a list or a text is too long', cause);
  return new TemplateFailed(reason.replace(/, line:(\d+), col:(\d+)$/, ' (line $1, column $2)'), cause);
};

export const parse = (text: TemplateText, place: TemplatePlace): Template[] => {
  if (text.length > most.template) throw new TemplateFailed(`is longer than ${most.template} characters`);
  try {
    return engines[place].parse(text);
  } catch (cause) {
    throw failed(cause);
  }
};

/** Anew for each field that turns out to be missing: few are, and a template that only asks for one is not held up. */
export const render = (parts: Template[], place: TemplatePlace, context: TemplateContext): Rendered => {
  const engine = engines[place];
  const missing = new Set<string>();
  for (;;)
    try {
      const text = String(engine.renderSync(parts, new Rendering(engine, context, missing)));
      if (text.length > most.text) throw new TemplateFailed(`makes more than ${most.text} characters`);
      return { text, missing: [...missing] };
    } catch (cause) {
      const root = rootOf(cause);
      if (!(root instanceof FieldMissing)) throw failed(cause);
      missing.add(root.field);
    }
};
