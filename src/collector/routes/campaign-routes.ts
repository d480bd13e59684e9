/**
 * Campaigns and missions with what became of them, and a campaign tried on what happened already.
 */
import type { FastifyRequest } from 'fastify';
import type { Label } from '../config/config.ts';
import { fields, type Mistake, type Place, place } from '../config/place.ts';
import { placesOf } from '../engagement/places.ts';
import type { Places } from '../engagement/safe-link.ts';
import type { Campaign } from '../engine/definitions.ts';
import { createPace } from '../following/pace.ts';
import { draftedCampaign } from '../operator/draft.ts';
import { dryRun, type Stretch } from '../operator/dry-run.ts';
import type { Naming } from '../operator/naming.ts';
import { Refusal, refuseMistakes } from '../refusal.ts';
import * as schemas from '../schemas/campaign.ts';
import type { EventLog } from '../store/event-log.ts';
import type { FunnelCount, UserStore } from '../store/user-store.ts';
import type { AdminNeeds } from './admin-key.ts';
import { adminRoute } from './admin-route.ts';
import { readQuery } from './query.ts';
import { bodyOf, type Route } from './route.ts';
import { isWantedBy } from './wanted.ts';

export interface CampaignNeeds extends AdminNeeds {
  log: Pick<EventLog, 'events'>;
  users: Pick<UserStore, 'funnel' | 'deliveries' | 'list'>;
  naming: Naming;
  /** The collector's own origins, complete once it listens. */
  ownOrigins: ReadonlySet<string>;
  /** Whether events came in just now. */
  isBusy: () => boolean;
  now: () => number;
}

/** What reports call a mission's reward. */
const missionName = (name: string): string => `mission: ${name}`;

const countsOf = (rows: readonly FunnelCount[], name: string) =>
  rows.filter(({ campaign }) => campaign === name).map(({ channel, status, count }) => ({ channel, status, count }));

/** Of the config, or of one that was taken out of it and has rows in the report still. */
const definitionOf = (label: Label, name: string) => {
  const mission = label.missions.find((one) => missionName(one.name) === name);
  if (mission) return label.written.missions[mission.name] ?? null;
  return Object.hasOwn(label.written.campaigns, name) ? label.written.campaigns[name] : null;
};

const MOMENTS = { to: 8.64e15 } as const;
const readDryRun = (body: unknown, label: Label, places: Places, now: number): { campaign: Campaign } & Stretch => {
  const mistakes: Mistake[] = [];
  const known = fields(place(body, '', mistakes), ['campaign', 'from', 'to'], ['campaign']);
  const moment = (at: Place | undefined): number | undefined => at?.number(MOMENTS);
  const from = moment(known.from) ?? 0;
  const to = moment(known.to) ?? now;
  if (from > to) known.from?.mistake('is later than "to"');
  const named = known.campaign?.value;
  if (mistakes.length > 0) throw refuseMistakes('bad_request', mistakes);
  if (typeof named !== 'string') return { campaign: draftedCampaign(named, label, places), from, to };
  const campaign = label.campaigns.find(({ name }) => name === named);
  if (!campaign) throw new Refusal('not_found', 'the config has no campaign of this name');
  return { campaign, from, to };
};

export const campaignRoutes = (needs: CampaignNeeds): Route[] => {
  const { log, users, naming, ownOrigins, isBusy, now, ...keys } = needs;
  const admin = adminRoute(keys);
  return [
    admin(
      {
        at: 'GET /v1/campaigns',
        summary: 'Campaigns and missions with what became of them',
        tag: 'campaigns',
        ok: schemas.campaigns,
      },
      async (label, { query }) => {
        readQuery(query, []);
        const rows = await users.funnel(label.name, {});
        return {
          campaigns: label.campaigns.map(({ name, enabled, trigger }) => ({
            name,
            enabled,
            on: trigger,
            counts: countsOf(rows, name),
          })),
          missions: label.missions.map(({ name, title, tasks }) => ({
            name,
            title,
            tasks: tasks.map(({ event, count }) => ({ event, count })),
            counts: countsOf(rows, missionName(name)),
          })),
        };
      },
    ),
    admin(
      {
        at: 'GET /v1/campaigns/:name',
        summary: 'One campaign, or "mission: NAME", with what it made, newest first',
        tag: 'campaigns',
        ok: schemas.campaign,
      },
      async (label, request: FastifyRequest) => {
        const query = readQuery(request.query, ['after', 'limit']);
        const after = query.text('after');
        const { name } = request.params as { name: string };
        const definition = definitionOf(label, name);
        const rows = await users.funnel(label.name, { campaign: name });
        if (definition === null && rows.length === 0)
          throw new Refusal('not_found', 'there is no campaign of this name');
        const { deliveries, next } = await users.deliveries(label.name, {
          campaign: name,
          limit: query.whole('limit', 1, 1000) ?? 100,
          ...(after === undefined ? {} : { after }),
        });
        return { name, definition, counts: countsOf(rows, name), deliveries: await naming(label, deliveries), next };
      },
    ),
    admin(
      {
        at: 'POST /v1/campaigns/dry-run',
        summary: 'Replays a campaign over stored events: for whom it would have begun. Stores and sends nothing',
        tag: 'campaigns',
        body: schemas.dryRunRequest,
        ok: schemas.dryRun,
      },
      (label, request, reply) => {
        const places = placesOf(label, ownOrigins);
        const { campaign, ...stretch } = readDryRun(bodyOf(request), label, places, now());
        const pace = createPace(isBusy);
        return dryRun({ log, users, pace, isWanted: isWantedBy(reply) }, label, campaign, places, stretch);
      },
    ),
  ];
};
