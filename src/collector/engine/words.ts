/**
 * The words of a message: its templates rendered for one customer and the event that it answers. Pure. What a template asks
 * for and nobody said is empty, and noted.
 */
import type { Json, Payload } from '../../wire/event.ts';
import type { CustomerState } from './customer-state.ts';
import type { TemplateText } from './definitions.ts';
import { compileTemplate, type TemplateContext, type TemplatePlace } from './template.ts';

export const templateContext = (state: CustomerState, event: Payload, now: number): TemplateContext => ({
  event,
  client: {
    id: state.user,
    eventContext: event,
    properties: Object.fromEntries(Object.entries(state.properties).map(([name, { value }]) => [name, value])),
    tags: state.tags,
    level: state.level?.name ?? null,
    points: state.points.balance,
    nickname: state.nickname,
    language: state.language,
    segments: Object.keys(state.segments),
  },
  now,
});

/** Each throws `TemplateFailed` where a template goes beyond its limits. */
export interface Words {
  text(template: TemplateText, place?: TemplatePlace): string;
  /** Every text of it, however deep. */
  payload(payload: Payload): Payload;
  /** What was asked for so far and is not there. */
  missing(): string[];
}

export const openWords = (context: TemplateContext): Words => {
  const missing = new Set<string>();
  const text = (template: TemplateText, place: TemplatePlace = 'text'): string => {
    const rendered = compileTemplate(template, place)(context);
    for (const name of rendered.missing) missing.add(name);
    return rendered.text;
  };
  const payload = (value: Payload): Payload =>
    Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inside(inner)]));
  const inside = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(inside);
    return typeof value === 'object' && value !== null ? payload(value) : value;
  };
  return { text, payload, missing: () => [...missing] };
};
