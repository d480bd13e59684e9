/**
 * Words with Liquid in them: every one is parsed, named and tried here, so that no mistake waits for a customer.
 */

import type { EmailWords, TemplateText } from '../engine/definitions.ts';
import { templateProblem } from '../engine/template.ts';
import { namedEntries } from './names.ts';
import { fields, type Place } from './place.ts';

const MOST_TEMPLATES = 1_000;
/** JSON inside JSON, so that nothing is deeper than a stack. */
const DEEPEST = 20;

/** Empty only where there is none that could be sent. */
export const readTemplate = (at: Place): TemplateText => {
  const text = at.text();
  const problem = templateProblem(text);
  if (problem) at.mistake(`is a template with a mistake: ${problem}`);
  return problem ? '' : text;
};

/** Every text in it, however deep; answers whether each is good, and whoever reads on need fear nothing. */
export const areTemplates = (at: Place, depth = 0): boolean => {
  if (depth > DEEPEST) {
    at.mistake(`is more than ${DEEPEST} levels deep`);
    return false;
  }
  if (typeof at.value === 'string') return at.value === '' || readTemplate(at) !== '';
  const inside = Array.isArray(at.value) ? at.list() : at.isObject() ? at.entries().map(([, one]) => one) : [];
  return inside.map((one) => areTemplates(one, depth + 1)).every(Boolean);
};

/** @param at of the three, for what is missing */
export const readEmailWords = (
  at: Place,
  { subject, html, text }: { subject?: Place; html?: Place; text?: Place },
): EmailWords => {
  if (!html && !text && at.isObject()) at.mistake('must have html, text or both');
  if (typeof subject?.value === 'string' && /[\r\n]/.test(subject.value)) subject.mistake('must be one line');
  return {
    subject: subject ? readTemplate(subject) : '',
    html: html ? readTemplate(html) : null,
    text: text ? readTemplate(text) : null,
  };
};

export const parseTemplates = (at: Place | undefined): ReadonlyMap<string, EmailWords> =>
  new Map(
    at &&
      namedEntries(at, MOST_TEMPLATES).map(([name, inside]) => [
        name,
        readEmailWords(inside, fields(inside, ['subject', 'html', 'text'], ['subject'])),
      ]),
  );
