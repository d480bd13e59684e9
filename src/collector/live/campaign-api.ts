/**
 * What the live view asks of campaigns, segments and traces. Owns the addresses; decides nothing about when to ask.
 */
import { type Ask, posted, queryOf } from './ask.ts';
import type {
  CampaignDetail,
  CampaignList,
  ConfigNews,
  DryRun,
  SegmentLine,
  SegmentMembers,
  SentMessage,
  SentPage,
  TraceList,
} from './campaign-shapes.ts';
import type { Whose } from './whose.ts';

export interface CampaignApi {
  config(): Promise<ConfigNews>;
  campaigns(): Promise<CampaignList>;
  /** Its definition, what became of it, and the newest of what it sent; `after` walks down. */
  campaign(name: string, after: string | null): Promise<CampaignDetail>;
  dryRun(name: string, from: number): Promise<DryRun>;
  segments(): Promise<SegmentLine[]>;
  members(segment: string, after: string | null): Promise<SegmentMembers>;
  traces(eid: string): Promise<TraceList>;
  sentTo(whose: Whose): Promise<SentPage>;
  message(uid: string): Promise<SentMessage>;
}

const ROWS = 50;

export const createCampaignApi = (ask: Ask): CampaignApi => {
  const named = (kind: 'campaigns' | 'segments', name: string): string => `/v1/${kind}/${encodeURIComponent(name)}`;
  return {
    config: () => ask('/v1/config'),
    campaigns: () => ask('/v1/campaigns'),
    campaign: (name, after) => ask(`${named('campaigns', name)}?${queryOf({ after, limit: ROWS })}`),
    dryRun: (campaign, from) => ask('/v1/campaigns/dry-run', posted({ campaign, from })),
    segments: async () => (await ask<{ segments: SegmentLine[] }>('/v1/segments')).segments,
    members: (name, after) => ask(`${named('segments', name)}?${queryOf({ after, limit: ROWS })}`),
    traces: (eid) => ask(`/v1/traces?${queryOf({ eid })}`),
    sentTo: (whose) => {
      const of = 'customer' in whose ? { user_ext_id: whose.customer } : { device_id: whose.visitor };
      return ask(`/v1/deliveries?${queryOf({ ...of, limit: ROWS })}`);
    },
    message: (uid) => ask(`/v1/deliveries/${encodeURIComponent(uid)}`),
  };
};
