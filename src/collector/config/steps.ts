/**
 * Steps: what follows, in order. Branches are written as lists in lists and become one flat program, so that the place of
 * a customer in it is a number.
 */
import { normalTag, TAG_LENGTH } from '../../wire/tags.ts';
import type { Places } from '../engagement/safe-link.ts';
import type { Condition, Definitions, EmailWords, Step } from '../engine/definitions.ts';
import { parseDuration } from './duration.ts';
import { readDeepLink, readShown } from './engagement-steps.ts';
import { parseFilter } from './filter.ts';
import { readEmail, readPush, readSms, readWebhook } from './message-steps.ts';
import { readName } from './names.ts';
import { fields, type Mistake, type Place } from './place.ts';
import { parseRule, type RuleNames } from './rule.ts';

/** What else of its label a definition may name, and where it may lead. */
export interface Surroundings {
  templates: ReadonlyMap<string, EmailWords>;
  /** As they were read, mistakes and all. */
  segments: Definitions['segments'];
  names: RuleNames;
  places: Places;
  signsWebhooks: boolean;
  warnings: Mistake[];
}

const MOST_STEPS = 50;
/** Arms in arms, so that no program is deeper than a stack. */
const DEEPEST = 10;

export const readCondition = (at: { where?: Place; customer?: Place }, { names }: Surroundings): Condition => ({
  where: at.where ? parseFilter(at.where) : null,
  customer: at.customer ? parseRule(at.customer, names) : null,
});

const readTags = (at: Place): string[] => {
  const tags = (Array.isArray(at.value) ? at.list() : [at]).map((one) => {
    const tag = normalTag(one.text());
    if (tag.length > TAG_LENGTH) one.mistake(`is longer than ${TAG_LENGTH} characters`);
    return tag;
  });
  if (tags.length === 0) at.mistake('must have at least one tag');
  return tags;
};

const readPoints = (at: Place): number => {
  if (Number.isSafeInteger(at.value) && at.value !== 0) return at.value as number;
  at.mistake('must be a whole number other than 0');
  return 0;
};

type Read = (at: Place, surroundings: Surroundings) => Step;
const readers = {
  tag: (at) => ({ kind: 'tag', operation: 'add', tags: readTags(at) }),
  untag: (at) => ({ kind: 'tag', operation: 'remove', tags: readTags(at) }),
  points: (at) => ({ kind: 'points', points: readPoints(at) }),
  badge: (at) => ({ kind: 'badge', badge: readName(at) }),
  popup: (at, surroundings) => readShown('popup', at, surroundings),
  inbox: (at, surroundings) => readShown('inbox', at, surroundings),
  deepLink: readDeepLink,
  email: readEmail,
  sms: readSms,
  push: readPush,
  webhook: readWebhook,
  wait: (at) => ({ kind: 'wait', for: parseDuration(at) }),
} as const satisfies { [verb: string]: Read };

type Verb = keyof typeof readers;
const stepVerbs = [...(Object.keys(readers) as Verb[]), 'filter'] as const;
const stepNames = [...stepVerbs, 'then', 'else'] as const;

/** Until it is known where the whole program ends. */
const END = -1;

export const parseSteps = (at: Place, surroundings: Surroundings): Step[] => {
  const program: Step[] = [];
  let written = 0;

  /** The two arms follow one another; where the first one ends, it jumps over the second. */
  const readFilter = (inside: Place, arms: { then?: Place; else?: Place }, depth: number): void => {
    const condition = fields(inside, ['where', 'customer']);
    if (inside.isObject() && !condition.where && !condition.customer)
      inside.mistake('must have where, customer or both');
    const branch = { kind: 'branch' as const, otherwise: END, ...readCondition(condition, surroundings) };
    program.push(branch);
    if (!arms.then && !arms.else) return;
    if (arms.then) readList(arms.then, depth + 1);
    branch.otherwise = program.length;
    if (!arms.else) return;
    const jump = { kind: 'jump' as const, to: END };
    branch.otherwise = program.push(jump);
    readList(arms.else, depth + 1);
    jump.to = program.length;
  };

  const readStep = (one: Place, depth: number): void => {
    const named = fields(one, stepNames);
    const [verb, ...others] = stepVerbs.filter((name) => named[name]);
    const inside = verb && named[verb];
    if (inside && others.length === 0) {
      for (const arm of [named.then, named.else]) if (verb !== 'filter') arm?.mistake('belongs to "filter"');
      if (verb === 'filter') readFilter(inside, named, depth);
      else program.push(readers[verb](inside, surroundings));
    } else if (one.isObject()) one.mistake(`must have exactly one of ${stepVerbs.join(', ')}`);
  };

  const readList = (list: Place, depth: number): void => {
    if (depth > DEEPEST) list.mistake(`is more than ${DEEPEST} filters deep`);
    for (const one of depth > DEEPEST ? [] : list.list()) {
      written += 1;
      if (written <= MOST_STEPS) readStep(one, depth);
      else one.mistake(`is one step more than ${MOST_STEPS}, those of branches included`);
    }
  };

  readList(at, 0);
  if (Array.isArray(at.value) && at.value.length === 0) at.mistake('must have at least one step');
  return program.map((step) =>
    step.kind === 'branch' && step.otherwise === END ? { ...step, otherwise: program.length } : step,
  );
};
