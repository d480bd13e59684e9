/**
 * Segments: who is in them and why, and a rule tried before it is in the config.
 */

import type { Label } from '../config/config.ts';
import { fields, type Mistake, place } from '../config/place.ts';
import type { Customers } from '../customers.ts';
import { compiledSegments } from '../engine/segment-answers.ts';
import { createPace } from '../following/pace.ts';
import { draftedRule } from '../operator/draft.ts';
import type { Naming } from '../operator/naming.ts';
import { previewSegment } from '../operator/segment-preview.ts';
import { Refusal, refuseMistakes } from '../refusal.ts';
import * as schemas from '../schemas/segment.ts';
import type { UserStore } from '../store/user-store.ts';
import type { AdminNeeds } from './admin-key.ts';
import { adminRoute } from './admin-route.ts';
import { readQuery } from './query.ts';
import { bodyOf, type Route } from './route.ts';
import { isWantedBy } from './wanted.ts';
import { whomIn, whomNames } from './whom.ts';

export interface SegmentNeeds extends AdminNeeds {
  users: Pick<UserStore, 'members' | 'memberCounts' | 'list'>;
  customers: Customers;
  naming: Naming;
  /** Whether events came in just now. */
  isBusy: () => boolean;
  now: () => number;
}

const readPreview = (body: unknown, label: Label) => {
  const mistakes: Mistake[] = [];
  const { rule, limit } = fields(place(body, '', mistakes), ['rule', 'limit'], ['rule']);
  const most = limit?.number({ from: 1, to: 1000 }) ?? 100;
  if (mistakes.length > 0) throw refuseMistakes('bad_request', mistakes);
  return { rule: draftedRule(rule?.value, label), limit: Math.floor(most) };
};

export const segmentRoutes = ({ users, customers, naming, isBusy, now, ...keys }: SegmentNeeds): Route[] => {
  const admin = adminRoute(keys);
  const nameIn = (params: unknown, { segments }: Label): string => {
    const { name } = params as { name: string };
    if (!Object.hasOwn(segments, name)) throw new Refusal('not_found', 'the config has no segment of this name');
    return name;
  };

  return [
    admin(
      { at: 'GET /v1/segments', summary: 'Segments and how many are in each', tag: 'segments', ok: schemas.segments },
      async (label, { query }) => {
        readQuery(query, []);
        const counts = await users.memberCounts(label.name);
        const segments = Object.keys(label.segments).map((name) => ({
          name,
          rule: label.written.segments[name] ?? null,
          customers: counts[name] ?? 0,
        }));
        return { segments };
      },
    ),
    admin(
      { at: 'GET /v1/segments/:name', summary: 'Who is in a segment', tag: 'segments', ok: schemas.members },
      async (label, request) => {
        const query = readQuery(request.query, ['after', 'limit']);
        const name = nameIn(request.params, label);
        const limit = query.whole('limit', 1, 1000) ?? 100;
        const { members, next } = await users.members(label.name, name, query.text('after'), limit);
        return { members: await naming(label, members), next };
      },
    ),
    admin(
      {
        at: 'GET /v1/segments/:name/why',
        summary: 'Whether somebody is in a segment, and why',
        tag: 'segments',
        ok: schemas.why,
      },
      async (label, request) => {
        const query = readQuery(request.query, whomNames);
        const name = nameIn(request.params, label);
        const whom = whomIn(query, label);
        if (!whom) throw new Refusal('bad_query', 'whom: give "user_ext_id" or "device_id"');
        const state = await customers.read(label, whom);
        const rule = compiledSegments(label.segments).get(name)!;
        const { matches, why } = rule.ask({ state, now: now(), context: {} });
        return { matches, why };
      },
    ),
    admin(
      {
        at: 'POST /v1/segments/preview',
        summary: 'For whom a rule would hold. Stores nothing',
        tag: 'segments',
        body: schemas.previewRequest,
        ok: schemas.preview,
      },
      async (label, request, reply) => {
        const { rule, limit } = readPreview(bodyOf(request), label);
        const circumstances = { now: now(), pace: createPace(isBusy), isWanted: isWantedBy(reply) };
        const preview = await previewSegment(users, label, rule, limit, circumstances);
        return { ...preview, customers: await naming(label, preview.customers) };
      },
    ),
  ];
};
