/**
 * What a store's log has beside its events, as groups of submissions of one label each: pages, losses, refusals, and what it
 * counted. The same file gives the same groups.
 */
import type { MinuteCount, RejectionRecord, ShapeCount, Submission } from '../store/event-log.ts';
import type { Sqlite } from '../store/sqlite-file.ts';
import type { StoodLoss, StoodPage } from '../store/stood.ts';
import { fromColumn } from '../store/text-column.ts';
import { standing } from './standing.ts';

export interface CountedGroup {
  label: string;
  submissions: Submission[];
}

/** Of one group; a row of the longest shape has 4,000 characters. */
const ROWS = 1_000;
const MOST_CHARACTERS = 400_000;

type Labelled<Row> = Row & { label: string };
type OfDevice<Row> = Row & { device_id: string };

/** Rows that come in the order of their labels, cut where the label ends or the room does. */
const cut = function* <Row extends object>(rows: Iterable<Labelled<Row>>): Generator<{ label: string; rows: Row[] }> {
  let open: { label: string; rows: Row[]; characters: number } | undefined;
  for (const { label: column, ...row } of rows) {
    const label = fromColumn(column);
    const characters = JSON.stringify(row).length;
    if (open && (open.label !== label || open.rows.length === ROWS || open.characters + characters > MOST_CHARACTERS)) {
      yield open;
      open = undefined;
    }
    open ??= { label, rows: [], characters: 0 };
    open.rows.push(row as unknown as Row);
    open.characters += characters;
  }
  if (open) yield open;
};

/** Rows of devices, as a submission of each. */
const byDevice = <Row extends object>(
  rows: OfDevice<Row>[],
  submission: (device_id: string, some: Row[]) => Submission,
): Submission[] => {
  const devices = new Map<string, Row[]>();
  for (const { device_id, ...row } of rows) {
    const known = devices.get(device_id);
    if (known) known.push(row as unknown as Row);
    else devices.set(device_id, [row as unknown as Row]);
  }
  return [...devices].map(([device, some]) => submission(device, some));
};

export const countedGroups = (db: Sqlite): (() => Generator<CountedGroup>) => {
  const rowsOf = <Row extends object>(table: string, columns: string, order: string) =>
    db.prepare<[], Labelled<Row>>(
      `SELECT l.name AS label, ${columns} FROM ${table} t CROSS JOIN label l ON l.id = t.label ORDER BY t.label, ${order}`,
    );
  const pages = rowsOf<OfDevice<StoodPage>>(
    'page',
    't.device_id, t.page_id, t.session_id, t.highest, t.stored, t.refused, t.missing, t.lost, t.parts, t.last_at, t.events',
    't.device_id, t.page_id',
  );
  const losses = rowsOf<OfDevice<StoodLoss>>(
    'loss',
    't.device_id, t.reason, t.count, t.numbered, t.reported_at',
    't.device_id, t.reason',
  );
  const rejections = rowsOf<{ record: string }>('rejection', 't.record', 't.n');
  const shapes = rowsOf<ShapeCount>(
    'shape',
    't.event_type, t.name, t.fields AS shape, t.count, t.first_seen, t.last_seen',
    't.id',
  );
  const minutes = rowsOf<MinuteCount>('minute', 't.minute, t.stored, t.duplicate, t.rejected', 't.minute');

  return function* () {
    for (const { label, rows } of cut(pages.iterate()))
      yield {
        label,
        submissions: byDevice(rows, (device_id, some) => standing(label, { device_id }, { pages: some })),
      };
    for (const { label, rows } of cut(losses.iterate()))
      yield {
        label,
        submissions: byDevice(rows, (device_id, some) => standing(label, { device_id }, { losses: some })),
      };
    for (const { label, rows } of cut(rejections.iterate())) {
      const rejected = rows.map(({ record }) => JSON.parse(record) as RejectionRecord);
      yield { label, submissions: [standing(label, { rejected }, {})] };
    }
    for (const { label, rows } of cut(shapes.iterate())) {
      const named = rows.map((one) => ({ ...one, event_type: fromColumn(one.event_type), name: fromColumn(one.name) }));
      yield { label, submissions: [standing(label, {}, { shapes: named })] };
    }
    for (const { label, rows } of cut(minutes.iterate()))
      yield { label, submissions: [standing(label, {}, { minutes: rows })] };
  };
};
