/**
 * Definitions that an operator tries before they are in the config: read as the config's are, beside those that are in force.
 */

import { parseCampaigns } from '../config/campaigns.ts';
import type { Label } from '../config/config.ts';
import { type Mistake, place } from '../config/place.ts';
import { parseRule } from '../config/rule.ts';
import { parseTemplates } from '../config/templates.ts';
import type { Places } from '../engagement/safe-link.ts';
import type { Campaign, SegmentRule } from '../engine/definitions.ts';
import { refuseMistakes } from '../refusal.ts';

const namesIn = ({ segments, missions }: Label) => ({
  segments: Object.keys(segments),
  missions: missions.map(({ name }) => name),
});

const unlessMistaken = <Value>(value: Value | undefined, mistakes: readonly Mistake[]): Value => {
  if (mistakes.length > 0 || value === undefined) throw refuseMistakes('bad_definition', mistakes);
  return value;
};

/** Refuses `bad_definition`. */
export const draftedCampaign = (value: unknown, label: Label, places: Places): Campaign => {
  const mistakes: Mistake[] = [];
  const [campaign] = parseCampaigns(place({ campaign: value }, '', mistakes), {
    templates: parseTemplates(place(label.written.templates, 'templates', mistakes)),
    segments: label.segments,
    names: namesIn(label),
    places,
    signsWebhooks: label.messages.webhooks !== null,
    warnings: [],
  });
  return unlessMistaken(campaign, mistakes);
};

/** Refuses `bad_definition`. */
export const draftedRule = (value: unknown, label: Label): SegmentRule => {
  const mistakes: Mistake[] = [];
  return unlessMistaken(parseRule(place(value, 'rule', mistakes), namesIn(label), { references: false }), mistakes);
};
