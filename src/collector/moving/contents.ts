/**
 * What a store holds, as counts and digests of everything that it can be asked: two stores that agree in all of them answer
 * alike. Rows are read as they are asked for, by the words in them and not by the numbers that a file gave them.
 */
import { createHash, type Hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sqlite } from '../store/sqlite-file.ts';

/** How many rows there are of something, and a digest of them in their order. */
export interface Amount {
  rows: number;
  digest: string;
}
/** By what they are of: `events of casino`. */
export type Contents = Map<string, Amount>;

interface Question {
  what: string;
  /** Rows in an order that does not depend on the file; their first column says of what. */
  sql: string;
}

const ofLog: Question[] = [
  {
    what: 'events',
    sql: `SELECT l.name, e.seq, e.eid, k.event_type, k.brand, k.source, k.frame, k.trust, k.system, u.ext_id, v.session_id, p.page_id,
      coalesce(p.device_id, w.device_id), e.page_seq, e.event_date, e.received_at, e.payload
      FROM event e CROSS JOIN label l ON l.id = e.label CROSS JOIN kind k ON k.id = e.kind LEFT JOIN user u ON u.id = e.user
      LEFT JOIN visit v ON v.id = e.visit LEFT JOIN page p ON p.id = v.page LEFT JOIN visitor w ON w.id = -e.user
      ORDER BY e.seq`,
  },
  {
    what: 'pages',
    sql: `SELECT l.name, device_id, page_id, session_id, highest, stored, refused, missing, lost, parts, last_at, events
      FROM page t JOIN label l ON l.id = t.label ORDER BY l.name, device_id, page_id`,
  },
  {
    what: 'losses',
    sql: `SELECT l.name || ' by ' || reason, device_id, count, numbered, reported_at
      FROM loss t JOIN label l ON l.id = t.label ORDER BY l.name, device_id, reason`,
  },
  {
    what: 'refusals',
    sql: 'SELECT l.name, record FROM rejection t JOIN label l ON l.id = t.label ORDER BY l.name, n',
  },
  {
    what: 'registry',
    sql: `SELECT l.name, event_type, t.name, fields, count, first_seen, last_seen
      FROM shape t JOIN label l ON l.id = t.label ORDER BY l.name, t.id`,
  },
  {
    what: 'names registered',
    sql: 'SELECT l.name, kind, t.name, fields FROM registered t JOIN label l ON l.id = t.label ORDER BY l.name, kind, t.name',
  },
  {
    what: 'minutes',
    sql: 'SELECT l.name, minute, stored, duplicate, rejected FROM minute t JOIN label l ON l.id = t.label ORDER BY l.name, minute',
  },
];

const ofCustomers: Question[] = [
  { what: 'customers', sql: 'SELECT label, customer, version, state FROM customer ORDER BY label, customer' },
  {
    what: 'members',
    sql: `SELECT label || ' in ' || segment, customer, since FROM member ORDER BY label, segment, customer`,
  },
  {
    what: 'deliveries',
    sql: `SELECT label || ' by ' || campaign || ', ' || status, uid, customer, eid, channel, at, status_at, why
      FROM delivery ORDER BY label, at, n`,
  },
  { what: 'traces', sql: 'SELECT label, customer, eid, cursor, at, verdicts FROM trace ORDER BY label, n' },
  { what: 'words', sql: 'SELECT label, id, content FROM content ORDER BY label, id' },
  { what: 'events under way to everybody', sql: 'SELECT label, cursor, after FROM fanout ORDER BY label, cursor' },
  { what: 'place of customers', sql: 'SELECT label, cursor FROM folded WHERE cursor > 0 ORDER BY label' },
];

/** A signal and the servers are heard between. */
const ROWS_AT_ONCE = 20_000;

const answers = async (db: Sqlite, { what, sql }: Question): Promise<[string, Amount][]> => {
  const found = new Map<string, { rows: number; hash: Hash }>();
  let rows = 0;
  for (const [of, ...values] of db.prepare<[], [string, ...unknown[]]>(sql).raw().iterate()) {
    const known = found.get(of) ?? { rows: 0, hash: createHash('sha256') };
    known.rows++;
    known.hash.update(JSON.stringify(values));
    found.set(of, known);
    if (++rows % ROWS_AT_ONCE === 0) await nextTurn();
  }
  return [...found].map(([of, { rows, hash }]) => [
    `${what} of ${of.replace(/\p{Cc}/gu, '')}`,
    { rows, digest: hash.digest('hex') },
  ]);
};

/** Of the two files of a store, or of a copy. */
export const contentsOf = async ({ events, customers }: { events: Sqlite; customers: Sqlite }): Promise<Contents> => {
  const contents: Contents = new Map();
  for (const [db, questions] of [
    [events, ofLog],
    [customers, ofCustomers],
  ] as const)
    for (const question of questions)
      for (const [what, amount] of await answers(db, question)) contents.set(what, amount);
  return contents;
};

const amountIn = (contents: Contents, what: string): Amount => contents.get(what) ?? { rows: 0, digest: '' };

/** A line for each difference. */
export const differences = (here: Contents, there: Contents): string[] =>
  [...new Set([...here.keys(), ...there.keys()])].flatMap((what) => {
    const [one, other] = [amountIn(here, what), amountIn(there, what)];
    if (one.rows !== other.rows) return [`${what}: ${one.rows} in the store, ${other.rows} in the cluster`];
    return one.digest === other.digest ? [] : [`${what}: ${one.rows} in both, and they differ`];
  });
