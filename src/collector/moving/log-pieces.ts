/**
 * The log of a store as pieces for the stream of events: its events, what it counted, the names that were registered, and
 * then as many empty messages as it takes for new events to have their places after all that stood.
 */
import { encode, piecesOf } from '../cluster/log/message.ts';
import type { Names } from '../cluster/names.ts';
import { firstCursor } from '../store/copy-step.ts';
import type { Cursor, Registered, RegistryKind, Submission } from '../store/event-log.ts';
import { fromColumn } from '../store/text-column.ts';
import { countedGroups } from './counted-groups.ts';
import { type EventPlace, eventGroups } from './event-groups.ts';
import type { End, Piece } from './pour.ts';
import type { Source } from './source.ts';

/** `pieces`: so many are done with, of the group at this place, or of all that comes in this step. */
type Place =
  | ({ at: 'events'; pieces: number } & EventPlace)
  | { at: 'counted'; pieces: number }
  | { at: 'names'; pieces: number }
  | { at: 'room' };
type Said = Pick<Piece, 'subject' | 'data'>;

const START: Place = { at: 'events', after: 0, groups: 0, pieces: 0 };

export interface LogPiecesNeeds {
  source: Pick<Source, 'events' | 'customers'>;
  names: Names;
  /** Bytes that a message may have. */
  mostBytes: number;
}

/** The greatest place that was ever given, or that customers are folded up to. */
const newestPlace = ({ events, customers }: LogPiecesNeeds['source']): Cursor => {
  const given = events
    .prepare<[], { seq: Cursor }>(
      'SELECT max(upto, ifnull((SELECT max(seq) FROM event), 0)) AS seq FROM timeline_progress',
    )
    .get()!.seq;
  const folded = customers
    .prepare<[], { cursor: Cursor }>('SELECT ifnull(max(cursor), 0) AS cursor FROM folded')
    .get()!.cursor;
  return Math.max(given, folded);
};

export const logPieces = ({ source, names, mostBytes }: LogPiecesNeeds): ((end: End) => Generator<Piece>) => {
  const groups = eventGroups(source.events);
  const counted = countedGroups(source.events);
  const registered = source.events.prepare<[], { label: string; kind: RegistryKind; name: string; fields: string }>(
    'SELECT l.name AS label, kind, t.name, fields FROM registered t JOIN label l ON l.id = t.label ORDER BY l.id, kind, t.name',
  );
  const countUpTo = source.events.prepare<[Cursor], { events: number }>(
    'SELECT count(*) AS events FROM event WHERE seq <= ?',
  );
  const said = (label: string, submissions: Submission[]): Said[] =>
    piecesOf(
      submissions.map((submission, of) => ({ of, submission })),
      mostBytes,
    ).map(({ data }) => ({ subject: names.said(label), data }));

  const ofEvents = function* (from: Extract<Place, { at: 'events' }>): Generator<Piece> {
    let done = countUpTo.get(from.after)!.events;
    let stretch = done;
    let skip = from.pieces;
    let here: EventPlace = from;
    for (const { label, submissions, events, next } of groups(from)) {
      const all = said(label, submissions);
      done = stretch + events;
      for (const [n, piece] of all.entries()) {
        if (n < skip) continue;
        const isLast = n === all.length - 1;
        const place: Place = { at: 'events', ...(isLast ? { ...next, pieces: 0 } : { ...here, pieces: n + 1 }) };
        yield { ...piece, place: JSON.stringify(place), done };
      }
      skip = 0;
      here = next;
      if (next.groups === 0) stretch = done;
    }
  };
  const ofCounts = function* (): Generator<Said> {
    for (const { label, submissions } of counted()) yield* said(label, submissions);
  };
  const ofNames = function* (): Generator<Said> {
    for (const row of registered.iterate()) {
      const label = fromColumn(row.label);
      const fields = JSON.parse(row.fields) as Registered['fields'];
      const order = { is: 'register', label, kind: row.kind, name: fromColumn(row.name), fields } as const;
      yield { subject: names.ordered(label), data: encode(order) };
    }
  };

  return function* ({ place, seq }) {
    const from = place === undefined ? START : (JSON.parse(place) as Place);
    const done = countUpTo.get(Number.MAX_SAFE_INTEGER)!.events;
    let at = seq;
    const step = function* (is: 'counted' | 'names', all: Generator<Said>): Generator<Piece> {
      let pieces = 0;
      for (const piece of all) {
        pieces++;
        if (from.at === is && pieces <= from.pieces) continue;
        at++;
        yield { ...piece, place: JSON.stringify({ at: is, pieces } satisfies Place), done };
      }
    };
    if (from.at === 'events')
      for (const piece of ofEvents(from)) {
        at++;
        yield piece;
      }
    if (from.at === 'events' || from.at === 'counted') yield* step('counted', ofCounts());
    if (from.at !== 'room') yield* step('names', ofNames());
    const newest = newestPlace(source);
    const data = encode({ is: 'said', group: [], blanks: [] });
    for (; firstCursor(at + 1) <= newest; at++)
      yield { subject: names.said(''), data, place: JSON.stringify({ at: 'room' } satisfies Place), done };
  };
};
