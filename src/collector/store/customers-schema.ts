/**
 * The tables of customers, version by version: one document each, what follows from it as rows that can be asked, and what
 * was sent. A label is named: there are few, and rows are large.
 */
import type { Schema } from './sqlite-file.ts';

export const CUSTOMERS_SCHEMA: Schema = {
  kilobytes: 16_384,
  versions: [
    `
CREATE TABLE customer (
  label TEXT NOT NULL, customer TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, UNIQUE (label, customer));
CREATE TABLE folded (label TEXT PRIMARY KEY, cursor INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE content (label TEXT NOT NULL, id TEXT NOT NULL, content TEXT NOT NULL, UNIQUE (label, id));
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`,
    // What a state says that is asked for across customers stands beside it, the document last: reading the rest is short.
    // Counts are kept by the tables themselves, so that no way of writing a row can forget them.
    `
ALTER TABLE customer RENAME TO customer_alone;
CREATE TABLE customer (
  id INTEGER PRIMARY KEY, label TEXT NOT NULL, customer TEXT NOT NULL, version INTEGER NOT NULL, changed_at INTEGER NOT NULL,
  wakes_at INTEGER, segments TEXT NOT NULL, state TEXT NOT NULL, UNIQUE (label, customer));
INSERT INTO customer (label, customer, version, changed_at, segments, state)
  SELECT label, customer, version, unixepoch() * 1000, '{}', state FROM customer_alone;
DROP TABLE customer_alone;
CREATE INDEX customer_wakes ON customer (label, wakes_at) WHERE wakes_at IS NOT NULL;
CREATE INDEX visitor_changed ON customer (label, changed_at) WHERE customer >= 'd:' AND customer < 'd;';

CREATE TABLE member (
  label TEXT NOT NULL, segment TEXT NOT NULL, customer TEXT NOT NULL, since INTEGER NOT NULL,
  PRIMARY KEY (label, segment, customer)) WITHOUT ROWID;
CREATE TABLE member_count (
  label TEXT NOT NULL, segment TEXT NOT NULL, members INTEGER NOT NULL, PRIMARY KEY (label, segment)) WITHOUT ROWID;
CREATE TRIGGER member_came AFTER INSERT ON member BEGIN
  INSERT INTO member_count VALUES (NEW.label, NEW.segment, 1) ON CONFLICT DO UPDATE SET members = members + 1;
END;
CREATE TRIGGER member_went AFTER DELETE ON member BEGIN
  UPDATE member_count SET members = members - 1 WHERE label = OLD.label AND segment = OLD.segment;
END;

CREATE TABLE delivery (
  n INTEGER PRIMARY KEY, label TEXT NOT NULL, uid TEXT NOT NULL, customer TEXT NOT NULL, campaign TEXT NOT NULL, eid TEXT,
  channel TEXT NOT NULL, status TEXT NOT NULL, at INTEGER NOT NULL, status_at INTEGER NOT NULL, why TEXT NOT NULL,
  UNIQUE (label, uid, customer));
CREATE INDEX delivery_campaign ON delivery (label, campaign, channel, at, status);
CREATE INDEX delivery_channel ON delivery (label, channel, at);
CREATE INDEX delivery_customer ON delivery (label, customer, at);
CREATE TABLE delivery_count (
  label TEXT NOT NULL, campaign TEXT NOT NULL, channel TEXT NOT NULL, status TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (label, campaign, channel, status)) WITHOUT ROWID;
CREATE TRIGGER delivery_came AFTER INSERT ON delivery BEGIN
  INSERT INTO delivery_count VALUES (NEW.label, NEW.campaign, NEW.channel, NEW.status, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER delivery_moved AFTER UPDATE OF campaign, channel, status ON delivery
  WHEN (OLD.campaign, OLD.channel, OLD.status) <> (NEW.campaign, NEW.channel, NEW.status) BEGIN
  UPDATE delivery_count SET count = count - 1
    WHERE label = OLD.label AND campaign = OLD.campaign AND channel = OLD.channel AND status = OLD.status;
  INSERT INTO delivery_count VALUES (NEW.label, NEW.campaign, NEW.channel, NEW.status, 1)
    ON CONFLICT DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER delivery_went AFTER DELETE ON delivery BEGIN
  UPDATE delivery_count SET count = count - 1
    WHERE label = OLD.label AND campaign = OLD.campaign AND channel = OLD.channel AND status = OLD.status;
END;
INSERT INTO delivery (label, uid, customer, campaign, channel, status, at, status_at, why)
  SELECT c.label, e.value ->> 'uid', c.customer, e.value ->> 'from', e.value ->> 'kind', e.value ->> 'status',
    e.value ->> 'at', e.value ->> 'status_at', ''
  FROM customer c CROSS JOIN json_each(c.state, '$.engagements') e WHERE true ON CONFLICT DO NOTHING;

CREATE TABLE trace (
  n INTEGER PRIMARY KEY, label TEXT NOT NULL, customer TEXT NOT NULL, eid TEXT, cursor INTEGER, at INTEGER NOT NULL,
  verdicts TEXT NOT NULL);
CREATE INDEX trace_walk ON trace (label, n, at, customer, eid);

CREATE TABLE fanout (
  label TEXT NOT NULL, cursor INTEGER NOT NULL, after TEXT, PRIMARY KEY (label, cursor)) WITHOUT ROWID;

ALTER TABLE content RENAME TO content_without_time;
CREATE TABLE content (
  label TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, content TEXT NOT NULL, UNIQUE (label, id));
INSERT INTO content (label, id, at, content) SELECT label, id, unixepoch() * 1000, content FROM content_without_time;
DROP TABLE content_without_time;
CREATE INDEX content_at ON content (label, at);
`,
    // How an id was first written, where the key does not say it: most do, and a list of thousands is named without their rows.
    `
ALTER TABLE customer ADD COLUMN written TEXT;
UPDATE customer SET written = state ->> '$.user'
  WHERE customer >= 'u:' AND customer < 'u;' AND state ->> '$.user' <> substr(customer, 3);
CREATE INDEX customer_written ON customer (label, customer, written) WHERE written IS NOT NULL;
`,
    // Where several collectors write, a row of the report has a place in the order of their changes, and may come late.
    'ALTER TABLE delivery ADD COLUMN place INTEGER NOT NULL DEFAULT 0;',
  ],
};
