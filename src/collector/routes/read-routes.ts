/**
 * What an operator reads of all customers: events, losses, rejections, the registry, counts. The admin key decides the
 * label, and nothing else does.
 */
import type { FastifyRequest } from 'fastify';
import { limits } from '../../wire/limits.ts';
import type { Body } from '../body.ts';
import type { Label } from '../config.ts';
import { Refusal } from '../refusal.ts';
import { foldRegistry, type RegistryEntry } from '../registry-tally.ts';
import * as schemas from '../schemas.ts';
import {
  type EventLog,
  type EventQuery,
  type LoggedEvent,
  type MinuteCount,
  type RegistryKind,
  registryKinds,
} from '../store/event-log.ts';
import { type AdminNeeds, labelOfAdmin } from './admin-key.ts';
import { type Query, readQuery } from './query.ts';
import type { Route } from './route.ts';

export interface ReadNeeds extends AdminNeeds {
  log: EventLog;
  now: () => number;
}

const MINUTE = 60_000;
const LONGEST_STATS = 24 * 60;
const LAST_CURSOR = Number.MAX_SAFE_INTEGER;

/** An event as the API shows it: with the key that its label goes by. */
export const shownEvent = (label: Label, event: LoggedEvent) => ({ ...event, label_key: label.keys.public[0]! });

/** Every minute of the stretch, the quiet ones too. */
const everyMinute = (counted: MinuteCount[], from: number, many: number): MinuteCount[] => {
  const known = new Map(counted.map((one) => [one.minute, one]));
  return Array.from({ length: many }, (_, at) => {
    const minute = from + at * MINUTE;
    return known.get(minute) ?? { minute, stored: 0, duplicate: 0, rejected: 0 };
  });
};

const eventQuery = (query: Query): EventQuery => {
  const user = query.text('user_ext_id');
  const eid = query.text('eid');
  const type = query.text('event_type');
  const text = query.text('text');
  const after = query.whole('after', 0, LAST_CURSOR);
  return {
    limit: query.whole('limit', 1, 1000) ?? 100,
    order: query.oneOf('order', ['asc', 'desc']) ?? 'asc',
    ...(user === undefined ? {} : { user }),
    ...(eid === undefined ? {} : { eid }),
    ...(type === undefined ? {} : { type }),
    ...(text === undefined ? {} : { text }),
    ...(after === undefined ? {} : { after }),
  };
};

const entriesOf = { action: 'actions', event_type: 'event_types', entry_point: 'entry_points' } as const;

const readRegistration = (request: FastifyRequest): { kind: RegistryKind; name: string } => {
  const value = (request.body as Body | null | undefined)?.value;
  const { kind, name } = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const known = registryKinds.find((one) => one === kind);
  if (!known) throw new Refusal('bad_request', `kind must be one of ${registryKinds.join(', ')}`);
  if (typeof name !== 'string' || name.trim() === '' || name.length > limits.nameLength)
    throw new Refusal('bad_request', `name must be a string of 1 to ${limits.nameLength} characters`);
  return { kind: known, name };
};

export const readRoutes = ({ log, now, ...keys }: ReadNeeds): Route[] => {
  const admin = labelOfAdmin(keys);
  const read = (
    url: string,
    summary: string,
    ok: Parameters<typeof schemas.answers>[0],
    answer: (label: Label, request: FastifyRequest) => unknown,
  ): Route => ({
    method: 'GET',
    url,
    audience: 'private',
    schema: { summary, tags: ['read'], security: [{ key: [] }], response: schemas.answers(ok) },
    answer: (request) => answer(admin(request), request),
  });
  const entryOf = async (label: Label, kind: RegistryKind, name: string): Promise<RegistryEntry> => {
    const entry = foldRegistry(await log.registry(label.name))[entriesOf[kind]].find((one) => one.name === name);
    if (!entry) throw new Error('an entry that was just registered is not in the registry');
    return entry;
  };

  return [
    read('/v1/label', 'Which label the key is for', schemas.label, ({ name, keys, brands }, request) => {
      readQuery(request.query, []);
      return { name, label_key: keys.public[0]!, brands };
    }),
    read('/v1/events', 'Stored events by cursor', schemas.eventPage, async (label, request) => {
      const query = readQuery(request.query, ['user_ext_id', 'eid', 'event_type', 'text', 'after', 'limit', 'order']);
      const { events, next } = await log.events(label.name, eventQuery(query));
      return { events: events.map((event) => shownEvent(label, event)), next };
    }),
    read(
      '/v1/losses',
      'What devices say they lost, and gaps in what they sent',
      schemas.lossReport,
      (label, request) => {
        readQuery(request.query, []);
        return log.losses(label.name);
      },
    ),
    read('/v1/rejections', 'What was refused and why, newest first', schemas.rejections, async (label, request) => {
      const limit = readQuery(request.query, ['limit']).whole('limit', 1, 1000) ?? 100;
      return { rejections: await log.rejections(label.name, limit) };
    }),
    read('/v1/stats', 'Events a minute', schemas.stats, async (label, request) => {
      const many = readQuery(request.query, ['minutes']).whole('minutes', 1, LONGEST_STATS) ?? 60;
      const from = now() - (now() % MINUTE) - (many - 1) * MINUTE;
      return { minutes: everyMinute(await log.minutes(label.name, from), from, many) };
    }),
    read(
      '/v1/registry',
      'Actions, event types and entry points, seen or registered',
      schemas.registry,
      async (label, request) => {
        readQuery(request.query, []);
        return foldRegistry(await log.registry(label.name));
      },
    ),
    {
      method: 'POST',
      url: '/v1/registry',
      audience: 'private',
      schema: {
        summary: 'Registers a name by hand',
        tags: ['read'],
        security: [{ key: [] }],
        body: schemas.registration,
        response: schemas.answers(schemas.registryEntry, { 201: schemas.registryEntry }),
      },
      async answer(request, reply) {
        const label = admin(request);
        const { kind, name } = readRegistration(request);
        const before = await log.registry(label.name);
        const existed = foldRegistry(before)[entriesOf[kind]].some((one) => one.name === name);
        if (!existed && kind === 'entry_point' && foldRegistry(before).entry_points.length >= limits.entryPoints)
          throw new Refusal('bad_request', `this label has its ${limits.entryPoints} entry points already`);
        await log.register(label.name, kind, name);
        return reply.code(existed ? 200 : 201).send(await entryOf(label, kind, name));
      },
    },
  ];
};
