/**
 * What an operator reads of all customers: events, losses, rejections, counts.
 */
import type { TSchema } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import type { Label } from '../config/config.ts';
import * as schemas from '../schemas/events.ts';
import type { EventLog, EventQuery, LoggedEvent, MinuteCount } from '../store/event-log.ts';
import type { AdminNeeds } from './admin-key.ts';
import { adminRoute } from './admin-route.ts';
import { type Query, readQuery } from './query.ts';
import type { Route } from './route.ts';
import { whomIn, whomNames } from './whom.ts';

export interface ReadNeeds extends AdminNeeds {
  log: Pick<EventLog, 'events' | 'losses' | 'rejections' | 'minutes'>;
  now: () => number;
}

const MINUTE = 60_000;
const LONGEST_STATS = 24 * 60;
const LAST_CURSOR = Number.MAX_SAFE_INTEGER;

/** An event as the API shows it: with the key that its label goes by. */
export const shownEvent = (label: Label | undefined, event: LoggedEvent) => ({
  ...event,
  label_key: label?.keys.public[0] ?? '',
});

/** Every minute of the stretch, the quiet ones too. */
const everyMinute = (counted: MinuteCount[], from: number, many: number): MinuteCount[] => {
  const known = new Map(counted.map((one) => [one.minute, one]));
  return Array.from({ length: many }, (_, at) => {
    const minute = from + at * MINUTE;
    return known.get(minute) ?? { minute, stored: 0, duplicate: 0, rejected: 0 };
  });
};

const eventQuery = (query: Query, label: Label): EventQuery => {
  const eid = query.text('eid');
  const type = query.text('event_type');
  const text = query.text('text');
  const after = query.whole('after', 0, LAST_CURSOR);
  return {
    limit: query.whole('limit', 1, 1000) ?? 100,
    order: query.oneOf('order', ['asc', 'desc']) ?? 'asc',
    ...whomIn(query, label)?.whose,
    ...(eid === undefined ? {} : { eid }),
    ...(type === undefined ? {} : { type }),
    ...(text === undefined ? {} : { text }),
    ...(after === undefined ? {} : { after }),
  };
};

export const readRoutes = ({ log, now, ...keys }: ReadNeeds): Route[] => {
  const admin = adminRoute(keys);
  const read = (
    url: `/${string}`,
    summary: string,
    ok: TSchema,
    answer: (label: Label, request: FastifyRequest) => unknown,
  ): Route => admin({ at: `GET ${url}`, summary, tag: 'read', ok }, answer);

  return [
    read('/v1/label', 'Which label the key is for', schemas.label, ({ name, keys, brands }, request) => {
      readQuery(request.query, []);
      return { name, label_key: keys.public[0]!, brands };
    }),
    read('/v1/events', 'Stored events by cursor', schemas.eventPage, async (label, request) => {
      const query = readQuery(request.query, [...whomNames, 'eid', 'event_type', 'text', 'after', 'limit', 'order']);
      const { events, next } = await log.events(label.name, eventQuery(query, label));
      return { events: events.map((event) => shownEvent(label, event)), next };
    }),
    read(
      '/v1/losses',
      'What became of everything that a session gave out: stored, refused, lost on the device, missing',
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
  ];
};
