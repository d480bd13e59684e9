/**
 * What the log counts beside its events, in the same transaction: shapes for the registry, events a minute,
 * rejections, losses. Held while a group is stored, written once at its end.
 */
import type { LossReason } from '../../wire/event.ts';
import { bounds, type NewEvent, type RejectionRecord, type Submission } from './event-log.ts';
import type { Sqlite } from './sqlite-file.ts';
import { toColumn } from './text-column.ts';

interface Shape {
  id: number;
  label: number;
  event_type: string;
  name: string;
  fields: string;
  count: number;
  first: number;
  last: number;
}
interface Minute {
  label: number;
  minute: number;
  stored: number;
  duplicate: number;
  rejected: number;
}

/** Fields of a shape beyond the bound: the event is still counted under its type and name. */
const NO_FIELDS = '[]';
const MINUTE = 60_000;

const isAlike = (a: NewEvent, b: NewEvent): boolean =>
  a.shape === b.shape && a.name === b.name && a.event_type === b.event_type;

export const sqliteTally = (db: Sqlite) => {
  const findShape = db.prepare<[number, string, string, string], { id: number }>(
    'SELECT id FROM shape WHERE label = ? AND event_type = ? AND name = ? AND fields = ?',
  );
  const countShapes = db.prepare<[number], { n: number }>('SELECT count(*) AS n FROM shape WHERE label = ?');
  const countAlike = db.prepare<[number, string, string], { n: number }>(
    'SELECT count(*) AS n FROM shape WHERE label = ? AND event_type = ? AND name = ?',
  );
  const makeShape = db.prepare(
    'INSERT INTO shape (label, event_type, name, fields, count, first_seen, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const addToShape = db.prepare('UPDATE shape SET count = count + ?, last_seen = max(last_seen, ?) WHERE id = ?');
  const addToMinute = db.prepare(
    `INSERT INTO minute (label, minute, stored, duplicate, rejected) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
     stored = stored + excluded.stored, duplicate = duplicate + excluded.duplicate, rejected = rejected + excluded.rejected`,
  );
  const newestRejection = db.prepare<[number], { n: number | null }>(
    'SELECT max(n) AS n FROM rejection WHERE label = ?',
  );
  const makeRejection = db.prepare('INSERT INTO rejection (label, n, record) VALUES (?, ?, ?)');
  const trimRejections = db.prepare('DELETE FROM rejection WHERE label = ? AND n <= ?');
  const keepLoss = db.prepare(
    `INSERT INTO loss (label, device_id, reason, count, reported_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
     count = excluded.count, reported_at = excluded.reported_at WHERE excluded.count > count`,
  );
  const addNumbered = db.prepare(
    `INSERT INTO loss (label, device_id, reason, count, numbered, reported_at) VALUES (@label, @device, @reason, 0, max(0, @more), @at)
     ON CONFLICT DO UPDATE SET numbered = max(0, numbered + @more), reported_at = @at`,
  );

  const shapes = new Map<string, Shape>();
  const shapesOf = new Map<number, number>();
  const shapesOfName = new Map<string, number>();
  const entryPoints = new Map<number, Set<string>>();
  const touched = new Set<Shape>();
  let last: { label: number; event: NewEvent; shape: Shape } | undefined;
  let minute: Minute | undefined;
  const minutes: Minute[] = [];

  const minuteOf = (label: number, at: number): Minute => {
    const first = at - (at % MINUTE);
    if (minute?.label === label && minute.minute === first) return minute;
    const found = minutes.find((one) => one.label === label && one.minute === first);
    minute = found ?? { label, minute: first, stored: 0, duplicate: 0, rejected: 0 };
    if (!found) minutes.push(minute);
    return minute;
  };

  const shapeOf = (label: number, event: NewEvent, fields: string): Shape => {
    if (fields.length > bounds.shapeLength) return shapeOf(label, event, NO_FIELDS);
    const name = `${label} ${event.event_type}\n${event.name}`;
    const key = `${name}\n${fields}`;
    const known = shapes.get(key);
    if (known) return known;
    const columns = [label, toColumn(event.event_type), toColumn(event.name), fields] as const;
    const id = findShape.get(...columns)?.id ?? 0;
    if (id === 0) {
      const many = shapesOf.get(label) ?? countShapes.get(label)!.n;
      const alike = shapesOfName.get(name) ?? countAlike.get(label, columns[1], columns[2])!.n;
      // Random names must not grow the table for ever; the last tenth is kept for types and names without fields.
      const isFull = many >= bounds.shapes * 0.9 || alike >= bounds.shapesOfName;
      if (isFull && fields !== NO_FIELDS) return shapeOf(label, event, NO_FIELDS);
      if (many >= bounds.shapes && event.event_type !== '')
        return shapeOf(label, { ...event, event_type: '', name: '' }, NO_FIELDS);
      shapesOf.set(label, many + 1);
      shapesOfName.set(name, alike + 1);
    }
    const shape = { id, label, event_type: columns[1], name: columns[2], fields, count: 0, first: 0, last: 0 };
    shapes.set(key, shape);
    return shape;
  };

  /** Events that follow each other are mostly alike, and a key costs more than a comparison. */
  const shapeLike = (label: number, event: NewEvent): Shape => {
    if (last?.label === label && isAlike(last.event, event)) return last.shape;
    const shape = shapeOf(label, event, event.shape);
    last = { label, event, shape };
    return shape;
  };

  return {
    stored(label: number, event: NewEvent, at: number): void {
      minuteOf(label, at).stored++;
      const shape = shapeLike(label, event);
      if (shape.count === 0) {
        touched.add(shape);
        shape.first = at;
      }
      shape.count++;
      shape.last = at;
    },
    duplicate(label: number, at: number): void {
      minuteOf(label, at).duplicate++;
    },
    rejected(label: number, at: number): void {
      minuteOf(label, at).rejected++;
    },
    record(label: number, record: RejectionRecord): void {
      const n = (newestRejection.get(label)?.n ?? 0) + 1;
      makeRejection.run(label, n, JSON.stringify(record));
      trimRejections.run(label, n - bounds.rejections);
    },
    losses(label: number, { device_id, received_at, losses }: Submission): void {
      for (const [reason, count] of losses) keepLoss.run(label, device_id, reason, count, received_at);
    },
    /** So many more numbers are lost; below zero, so many came after all. */
    numbered(label: number, device: string, reason: LossReason, more: number, at: number): void {
      if (more !== 0) addNumbered.run({ label, device, reason, more, at });
    },
    /** The label's distinct entry points, seen ones and those registered by hand. */
    entryPoints(label: number, read: () => string[]): Set<string> {
      const known = entryPoints.get(label) ?? new Set(read());
      entryPoints.set(label, known);
      return known;
    },
    /** Writes what was counted; the last step of a transaction. */
    keep(): void {
      for (const shape of touched) {
        if (shape.id !== 0) addToShape.run(shape.count, shape.last, shape.id);
        else {
          const { label, event_type, name, fields, count, first, last } = shape;
          shape.id = Number(makeShape.run(label, event_type, name, fields, count, first, last).lastInsertRowid);
        }
        shape.count = 0;
      }
      touched.clear();
      for (const one of minutes) addToMinute.run(one.label, one.minute, one.stored, one.duplicate, one.rejected);
      minutes.length = 0;
      minute = undefined;
      last = undefined;
      if (shapes.size > 2 * bounds.shapes) for (const held of [shapes, shapesOfName]) held.clear();
    },
    forget(): void {
      for (const held of [shapes, shapesOf, shapesOfName, entryPoints, touched]) held.clear();
      minutes.length = 0;
      minute = undefined;
      last = undefined;
    },
  };
};
