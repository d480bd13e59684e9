/**
 * The tables of the event log, version by version.
 */
import type { Schema } from './sqlite-file.ts';

export const EVENTS_SCHEMA: Schema = {
  kilobytes: 65_536,
  versions: [
    `
CREATE TABLE label (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE kind (
  id INTEGER PRIMARY KEY, label INTEGER NOT NULL, event_type TEXT NOT NULL, brand TEXT NOT NULL, source TEXT NOT NULL,
  trust TEXT NOT NULL, system INTEGER NOT NULL, UNIQUE (label, event_type, brand, source, trust, system));
CREATE TABLE user (id INTEGER PRIMARY KEY, label INTEGER NOT NULL, ext_id TEXT NOT NULL, UNIQUE (label, ext_id));
CREATE TABLE page (
  id INTEGER PRIMARY KEY, label INTEGER NOT NULL, device_id TEXT NOT NULL, page_id TEXT NOT NULL, session_id TEXT NOT NULL,
  highest INTEGER NOT NULL, stored INTEGER NOT NULL, missing TEXT NOT NULL, last_at INTEGER NOT NULL,
  UNIQUE (label, device_id, page_id));
CREATE INDEX page_gap ON page (label, last_at) WHERE missing <> '';
CREATE TABLE visit (id INTEGER PRIMARY KEY, page INTEGER NOT NULL, session_id TEXT NOT NULL, UNIQUE (page, session_id));
CREATE TABLE event (
  seq INTEGER PRIMARY KEY, label INTEGER NOT NULL, eid TEXT NOT NULL, kind INTEGER NOT NULL, user INTEGER, visit INTEGER,
  page_seq INTEGER, event_date INTEGER NOT NULL, received_at INTEGER NOT NULL, payload TEXT NOT NULL, UNIQUE (label, eid));
CREATE TABLE timeline (user INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (user, seq)) WITHOUT ROWID;
CREATE TABLE timeline_progress (upto INTEGER NOT NULL);
INSERT INTO timeline_progress (upto) VALUES (0);
CREATE TABLE shape (
  id INTEGER PRIMARY KEY, label INTEGER NOT NULL, event_type TEXT NOT NULL, name TEXT NOT NULL, fields TEXT NOT NULL,
  count INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL, UNIQUE (label, event_type, name, fields));
CREATE TABLE registered (label INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (label, kind, name)) WITHOUT ROWID;
CREATE TABLE loss (
  label INTEGER NOT NULL, device_id TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, reported_at INTEGER NOT NULL,
  PRIMARY KEY (label, device_id, reason)) WITHOUT ROWID;
CREATE TABLE rejection (label INTEGER NOT NULL, n INTEGER NOT NULL, record TEXT NOT NULL, PRIMARY KEY (label, n)) WITHOUT ROWID;
CREATE TABLE minute (
  label INTEGER NOT NULL, minute INTEGER NOT NULL, stored INTEGER NOT NULL, duplicate INTEGER NOT NULL, rejected INTEGER NOT NULL,
  PRIMARY KEY (label, minute)) WITHOUT ROWID;
`,
    // A frame is of the kind and not of the row or the page: exact for each event, and free for all that have none.
    `
ALTER TABLE kind RENAME TO kind_without_frame;
CREATE TABLE kind (
  id INTEGER PRIMARY KEY, label INTEGER NOT NULL, event_type TEXT NOT NULL, brand TEXT NOT NULL, source TEXT NOT NULL,
  frame TEXT NOT NULL, trust TEXT NOT NULL, system INTEGER NOT NULL,
  UNIQUE (label, event_type, brand, source, frame, trust, system));
INSERT INTO kind (id, label, event_type, brand, source, frame, trust, system)
  SELECT id, label, event_type, brand, source, '', trust, system FROM kind_without_frame;
DROP TABLE kind_without_frame;
`,
    // A visitor's events carry the visitor's id below zero in the place of a user: reads join it to nobody, and one index
    // has the timelines of both. A page says how many events stand on it, so that the last one takes it along.
    `
CREATE TABLE visitor (
  id INTEGER PRIMARY KEY, label INTEGER NOT NULL, device_id TEXT NOT NULL, UNIQUE (label, device_id));
ALTER TABLE registered ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';
ALTER TABLE page ADD COLUMN events INTEGER NOT NULL DEFAULT 0;
UPDATE page SET events = counted.events FROM (
  SELECT v.page, count(*) AS events FROM event e CROSS JOIN visit v ON v.id = e.visit GROUP BY v.page) AS counted
  WHERE page.id = counted.page;
`,
    // A page's numbers add up: stored, refused, lost (by its device's word) or missing. How many were refused before is not
    // known (NULL), and is what is left.
    `
ALTER TABLE page ADD COLUMN refused INTEGER;
ALTER TABLE page ADD COLUMN lost TEXT NOT NULL DEFAULT '';
ALTER TABLE page ADD COLUMN parts TEXT NOT NULL DEFAULT '';
ALTER TABLE loss ADD COLUMN numbered INTEGER NOT NULL DEFAULT 0;
DROP INDEX page_gap;
CREATE INDEX page_short ON page (label, last_at) WHERE missing <> '' OR lost <> '' OR refused > 0;
`,
    // A file may be a copy of a stream that several collectors read: of which one, how far, and what was taken by an order
    // that is not done yet. What an erasure must find in the stream is where the file has rows, and here where it has none:
    // who is said in what was not stored, which events stand outside of their messages' places, blanks of what was erased
    // before this copy was made, and the messages that are still to be rewritten.
    `
CREATE TABLE copy (stream TEXT NOT NULL, created TEXT NOT NULL, place INTEGER NOT NULL, taken INTEGER NOT NULL);
CREATE TABLE mention (
  label INTEGER NOT NULL, who TEXT NOT NULL COLLATE NOCASE, place INTEGER NOT NULL,
  PRIMARY KEY (label, who, place)) WITHOUT ROWID;
CREATE TABLE stood_at (label INTEGER NOT NULL, upto INTEGER NOT NULL, place INTEGER NOT NULL, PRIMARY KEY (label, upto)) WITHOUT ROWID;
CREATE TABLE blank (erased INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (erased, seq)) WITHOUT ROWID;
CREATE TABLE unclean (
  erased INTEGER NOT NULL, place INTEGER NOT NULL, label TEXT NOT NULL, whose TEXT NOT NULL,
  PRIMARY KEY (erased, place)) WITHOUT ROWID;
`,
  ],
};
