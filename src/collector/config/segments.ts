/**
 * The segments of a label: names with a rule each. No segment is inside itself, and none stands for more rules than can be
 * asked of every customer.
 */

import type { Trust } from '../../wire/event.ts';
import type { Definitions, SegmentRule } from '../engine/definitions.ts';
import { isAtLeast } from '../engine/trust.ts';
import { namedEntries } from './names.ts';
import type { Place } from './place.ts';
import { parseRule } from './rule.ts';

const MOST_SEGMENTS = 1_000;
/** Rules that a segment stands for, those of the segments inside it included. */
const MOST_RULES = 1_000;

/** Every rule in a rule, itself included. */
const rulesIn = (rule: SegmentRule): SegmentRule[] => {
  if ('all' in rule) return [rule, ...rule.all.flatMap(rulesIn)];
  if ('any' in rule) return [rule, ...rule.any.flatMap(rulesIn)];
  return 'not' in rule ? [rule, ...rulesIn(rule.not)] : [rule];
};
const segmentsIn = (rules: readonly SegmentRule[]): string[] =>
  rules.flatMap((rule) => ('segment' in rule ? rule.segment : []));

/** A way from one of them back to itself: each of them has another one inside. */
const ringIn = (inside: ReadonlyMap<string, readonly string[]>): string[] => {
  const way: string[] = [];
  let [name] = inside.keys();
  while (name !== undefined && !way.includes(name)) {
    way.push(name);
    name = inside.get(name)?.find((one) => inside.has(one));
  }
  return way.slice(way.indexOf(name ?? ''));
};

const checkInside = (rules: ReadonlyMap<string, SegmentRule[]>, places: ReadonlyMap<string, Place>): void => {
  const waiting = new Map([...rules].map(([name, all]) => [name, segmentsIn(all)]));
  const weights = new Map<string, number>();
  const settle = (name: string, weight: number): void => {
    if (weight > MOST_RULES) places.get(name)?.mistake(`stands for more than ${MOST_RULES} rules`);
    weights.set(name, Math.min(weight, MOST_RULES));
    waiting.delete(name);
  };
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, inside]) => !inside.some((one) => waiting.has(one)));
    for (const [name, inside] of ready)
      settle(
        name,
        inside.reduce((sum, one) => sum + (weights.get(one) ?? 0), rules.get(name)!.length),
      );
    if (ready.length > 0) continue;
    const ring = ringIn(waiting);
    places.get(ring[0]!)?.mistake(`is inside itself: ${[...ring, ring[0]].join(' -> ')}`);
    for (const name of ring) settle(name, 0);
  }
};

/** The events that are counted for it on a lower word than that, also in segments inside, as far as those are there. */
export const countedBelow = (
  least: Trust,
  rule: SegmentRule,
  segments: Definitions['segments'],
  asked: Set<string> = new Set(),
): string[] =>
  rulesIn(rule).flatMap((one) => {
    if ('event' in one) return isAtLeast(one.trust ?? 'unverified', least) ? [] : one.event;
    if (!('segment' in one) || !Object.hasOwn(segments, one.segment) || asked.has(one.segment)) return [];
    asked.add(one.segment);
    return countedBelow(least, segments[one.segment]!, segments, asked);
  });

/** @param missions that a rule may name */
export const parseSegments = (at: Place, missions: readonly string[] = []): Definitions['segments'] => {
  const entries = namedEntries(at, MOST_SEGMENTS);
  const names = { segments: entries.map(([name]) => name), missions };
  const segments = entries.map(([name, rule]): [string, SegmentRule] => [
    name,
    parseRule(rule, names, { references: false }),
  ]);
  checkInside(new Map(segments.map(([name, rule]) => [name, rulesIn(rule)])), new Map(entries));
  return Object.fromEntries(segments);
};
