/**
 * The events of a store as groups of submissions that a log in a cluster takes: of one label each, in the order of their
 * places, which they keep. The same file and the same place give the same groups, so that a copy goes on where it stopped.
 */
import type { Cursor, NewEvent, Submission } from '../store/event-log.ts';
import { EVENTS, type EventRow } from '../store/sqlite-event-row.ts';
import type { Sqlite } from '../store/sqlite-file.ts';
import { fromColumn } from '../store/text-column.ts';
import { standing } from './standing.ts';

/** Groups are made of a stretch of the log at a time: of that after `after`, so many are done with. */
export interface EventPlace {
  after: Cursor;
  groups: number;
}
export interface EventGroup {
  label: string;
  submissions: Submission[];
  /** Of its stretch, up to the end of this group. */
  events: number;
  /** Where to go on once it is kept. */
  next: EventPlace;
}

interface Row extends EventRow {
  label: number;
}

/** Of one group: a message of the cluster holds a megabyte. */
const MOST_EVENTS = 4_000;
const MOST_CHARACTERS = 400_000;
/** Of a stretch: long, since where labels take turns in the log each has groups of its own in it. */
const STRETCH_CHARACTERS = 8_000_000;
const ROWS_AT_ONCE = 1_000;

/** With the names of its fields, and ids. */
const charactersOf = ({ payload }: Row): number => payload.length + 300;

const toNewEvent = (row: Row, index: number): NewEvent => ({
  index,
  eid: row.eid,
  event_date: row.event_date,
  ext_brand_id: fromColumn(row.brand),
  user_ext_id: row.ext_id === null ? null : fromColumn(row.ext_id),
  event_type: fromColumn(row.event_type),
  payload: row.payload,
  system: row.system === 1,
  session_id: row.session_id,
  page_id: row.page_id,
  seq: row.page_seq,
  source: row.source,
  frame: row.frame === '' ? null : row.frame,
  trust: row.trust,
  name: '',
  shape: '',
});

/** Events that came in one request mostly stand together. */
const submissionsOf = (label: string, rows: Row[]): Submission[] => {
  const requests: [Row, ...Row[]][] = [];
  for (const row of rows) {
    const last = requests.at(-1);
    const isSame = last?.[0].device_id === row.device_id && last[0].received_at === row.received_at;
    if (isSame) last.push(row);
    else requests.push([row]);
  }
  return requests.map((some) => {
    const [{ device_id, received_at }] = some;
    const events = some.map(toNewEvent);
    return standing(label, { received_at, device_id, events }, { cursors: some.map(({ seq }) => seq) });
  });
};

/** In the order in which the first event of each stands. */
const groupsOf = (rows: Row[]): Row[][] => {
  const groups: Row[][] = [];
  const open = new Map<number, { group: Row[]; characters: number }>();
  for (const row of rows) {
    const characters = charactersOf(row);
    const last = open.get(row.label);
    if (last && last.group.length < MOST_EVENTS && last.characters + characters <= MOST_CHARACTERS) {
      last.group.push(row);
      last.characters += characters;
    } else {
      const group = [row];
      groups.push(group);
      open.set(row.label, { group, characters });
    }
  }
  return groups;
};

/** @param stretch characters of a stretch of the log */
export const eventGroups = (
  db: Sqlite,
  stretch = STRETCH_CHARACTERS,
): ((from: EventPlace) => Generator<EventGroup>) => {
  const labelName = db.prepare<[number], { name: string }>('SELECT name FROM label WHERE id = ?');
  const rowsAfter = db.prepare<[Cursor, number], Row>(
    `${EVENTS.replace('SELECT', 'SELECT e.label,')} WHERE e.seq > ? ORDER BY e.seq LIMIT ?`,
  );
  const stretchAfter = (after: Cursor): Row[] => {
    const rows: Row[] = [];
    for (let characters = 0; characters < stretch; ) {
      const more = rowsAfter.all(rows.at(-1)?.seq ?? after, ROWS_AT_ONCE);
      rows.push(...more);
      for (const row of more) characters += charactersOf(row);
      if (more.length < ROWS_AT_ONCE) break;
    }
    return rows;
  };

  return function* ({ after, groups: done }) {
    for (let from = after, skip = done; ; skip = 0) {
      const rows = stretchAfter(from);
      if (rows.length === 0) return;
      const groups = groupsOf(rows);
      const end = rows.at(-1)!.seq;
      let events = 0;
      for (const [at, group] of groups.entries()) {
        events += group.length;
        if (at < skip) continue;
        const next = at === groups.length - 1 ? { after: end, groups: 0 } : { after: from, groups: at + 1 };
        const label = fromColumn(labelName.get(group[0]!.label)!.name);
        yield { label, submissions: submissionsOf(label, group), events, next };
      }
      from = end;
    }
  };
};
