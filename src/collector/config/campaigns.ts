/**
 * Campaigns: what begins one, for whom, how often, and its steps.
 */
import type { Campaign, Cap, SegmentRule, Trigger } from '../engine/definitions.ts';
import { trusts } from '../engine/trust.ts';
import { parseDuration } from './duration.ts';
import { warnOfEventWords } from './event-words.ts';
import { namedEntries, readName, readReference } from './names.ts';
import { fields, type Place } from './place.ts';
import { countedBelow } from './segments.ts';
import { parseSteps, readCondition, type Surroundings } from './steps.ts';

const MOST_CAMPAIGNS = 1_000;
/** As many beginnings as a customer's document remembers. */
const MOST_TIMES = 100;
const triggers = ['event', 'system', 'entered', 'left'] as const;

/** A name that stands for something else in reports. */
const TAKEN = /^(?:admin$|mission:)/;

export const parseCap = (at: Place | undefined): Cap | null =>
  at?.orNull((given) => {
    const { times, within } = fields(given, ['times', 'within'], ['times']);
    const most = times?.whole(1, MOST_TIMES) ?? 1;
    return { times: most, within: within ? parseDuration(within) : null };
  }) ?? null;

const NOTHING: Trigger = { event: '' };

const parseTrigger = (at: Place | undefined, { names: { segments } }: Surroundings): Trigger => {
  if (!at) return NOTHING;
  const named = fields(at, triggers);
  if (!at.isObject()) return NOTHING;
  const [verb, ...others] = triggers.filter((one) => named[one]);
  const inside = verb && named[verb];
  if (!inside || others.length > 0) {
    at.mistake(`must have exactly one of ${triggers.join(', ')}`);
    return NOTHING;
  }
  switch (verb) {
    case 'event':
      return { event: readName(inside) };
    case 'system':
      return { system: readName(inside) };
    case 'entered':
      return { entered: readReference(inside, segments, 'a segment') };
    case 'left':
      return { left: readReference(inside, segments, 'a segment') };
  }
};

const segmentOf = (trigger: Trigger): SegmentRule[] => {
  if ('entered' in trigger) return [{ segment: trigger.entered }];
  return 'left' in trigger ? [{ segment: trigger.left }] : [];
};

const parseCampaign = (name: string, at: Place, surroundings: Surroundings): Campaign => {
  const known = fields(at, ['on', 'where', 'customer', 'cap', 'trust', 'enabled', 'steps'], ['on', 'steps']);
  if (TAKEN.test(name)) at.mistake('has a name that reports use for something else');
  const trigger = parseTrigger(known.on, surroundings);
  const trust = known.trust?.oneOf(trusts) ?? 'unverified';
  const steps = known.steps ? parseSteps(known.steps, surroundings) : [];
  if (trust === 'unverified' && !('system' in trigger)) warnOfEventWords(at, steps, surroundings);
  const condition = readCondition(known, surroundings);
  const asked = [...segmentOf(trigger), ...(condition.customer ? [condition.customer] : [])];
  const loose = asked.flatMap((rule) => countedBelow(trust, rule, surroundings.segments));
  if (loose.length > 0)
    surroundings.warnings.push({
      path: `${at.path}.trust`,
      reason: `is asked of the event that begins it: its segment or rule counts ${[...new Set(loose)].join(', ')} on a lower word; say "trust" there too`,
    });
  return {
    name,
    enabled: known.enabled?.flag() ?? true,
    trigger,
    ...condition,
    cap: parseCap(known.cap),
    trust,
    steps,
  };
};

export const parseCampaigns = (at: Place | undefined, surroundings: Surroundings): Campaign[] =>
  at ? namedEntries(at, MOST_CAMPAIGNS).map(([name, inside]) => parseCampaign(name, inside, surroundings)) : [];
