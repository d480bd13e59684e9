/**
 * What a label says should follow its events. Segments and templates are read first, since the others call them by name.
 */

import type { Payload } from '../../wire/event.ts';
import type { Places } from '../engagement/safe-link.ts';
import type { Definitions } from '../engine/definitions.ts';
import { parseCampaigns } from './campaigns.ts';
import { parseMessages } from './messages.ts';
import { parseAds, parseLevels, parseMissions } from './missions.ts';
import type { Mistake, Place } from './place.ts';
import { parseSegments } from './segments.ts';
import type { Surroundings } from './steps.ts';
import { parseTemplates } from './templates.ts';

export const definitionNames = ['segments', 'levels', 'templates', 'campaigns', 'missions', 'ads', 'messages'] as const;

const namesIn = (at: Place | undefined): string[] => (at?.isObject() ? Object.keys(at.value as object) : []);
const written = (at: Place | undefined): Payload => (at?.isObject() ? (at.value as Payload) : {});

export const parseDefinitions = (
  at: { [name in (typeof definitionNames)[number]]?: Place },
  places: Places,
  warnings: Mistake[],
): Definitions => {
  const messages = parseMessages(at.messages);
  const templates = parseTemplates(at.templates);
  const segments = at.segments ? parseSegments(at.segments, namesIn(at.missions)) : {};
  const surroundings: Surroundings = {
    templates,
    segments,
    names: { segments: namesIn(at.segments), missions: namesIn(at.missions) },
    places,
    signsWebhooks: messages.webhooks !== null,
    warnings,
  };
  return {
    segments,
    campaigns: parseCampaigns(at.campaigns, surroundings),
    missions: parseMissions(at.missions, surroundings),
    levels: parseLevels(at.levels),
    ads: parseAds(at.ads),
    messages,
    written: {
      segments: written(at.segments),
      campaigns: written(at.campaigns),
      missions: written(at.missions),
      templates: written(at.templates),
    },
  };
};
