/**
 * Two labels in one collector: one whose keys somebody holds, and another that has words of its own everywhere: in its
 * config, its events, its customers, and what it was sent. What the first can see or change of the second is nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { batch, browserEvent, md5Hash, send, sendFromServer } from './batches.ts';
import type { RunningCollector } from './collector.ts';
import { root } from './source-map.ts';

/** Stands in everything that the other label keeps to itself. */
export const SECRET = 'secret-5d1c';
/** Stands in its names, which somebody may have guessed. */
export const THEIRS = 'theirs-77aa';
/** The other label's, of every kind that an address, a query or a body can name: known to whoever tries. */
export const theirs = {
  name: `Label ${THEIRS}`,
  publicKey: `public-${THEIRS}`,
  secretKey: `secret-key-${THEIRS}`,
  adminKey: `admin-${THEIRS}`,
  brand: `brand-${THEIRS}`,
  user: `anna-${THEIRS}`,
  device: `device-${THEIRS}`,
  eid: `event-${THEIRS}`,
  popup: `popup-${THEIRS}`,
  inbox: `inbox-${THEIRS}`,
  segment: `Segment ${THEIRS}`,
  campaign: 'three-deposits',
  entryPoint: `mail-${THEIRS}`,
};
export const mine = {
  name: 'Mine',
  publicKey: 'mine-label',
  secretKey: 'mine-secret',
  adminKey: 'mine-admin',
  salt: 'mine-salt',
};

const demo = JSON.parse(readFileSync(join(root, 'demo/config.json'), 'utf8')) as { labels: { segments: object }[] };
const endless = { perSecond: 1e9, burst: 1e9 };

export const twoLabels = {
  labels: [
    {
      ...demo.labels[0],
      name: mine.name,
      keys: { public: [mine.publicKey], secret: [mine.secretKey], admin: [mine.adminKey] },
      hashes: { salts: [mine.salt] },
      // Nothing is refused for coming too often: what it does is looked at.
      rates: { label: endless, address: endless },
    },
    {
      ...demo.labels[0],
      name: theirs.name,
      keys: { public: [theirs.publicKey], secret: [theirs.secretKey], admin: [theirs.adminKey] },
      brands: [theirs.brand],
      hashes: { salts: [`salt-${SECRET}`], required: true },
      segments: { ...demo.labels[0]!.segments, [theirs.segment]: { tag: SECRET } },
    },
  ],
};

const order = async (collector: RunningCollector, path: string, body: unknown): Promise<void> => {
  const { status } = await fetch(collector.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${theirs.adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([path, status]).toEqual([path, expect.toSatisfy((given: number) => given === 200 || given === 201)]);
};

/** Everything that a label can have, of the other one. */
export const fillTheirs = async (collector: RunningCollector): Promise<void> => {
  const hashes = { [theirs.user]: md5Hash(theirs.user, `salt-${SECRET}`, Date.now() + 86_400_000) };
  const own = { label_key: theirs.publicKey, device_id: theirs.device, hashes, losses: { overflow: 7 } };
  const one = { user_ext_id: theirs.user, ext_brand_id: theirs.brand };
  const payload = { client_action: `action-${SECRET}`, [`field_${SECRET.replace('-', '_')}`]: SECRET };
  const entry = { event_type: 'core_set_last_login_entry', payload: { core_last_login_entry: theirs.entryPoint } };
  await send(
    collector,
    batch([browserEvent({ ...one, payload, eid: theirs.eid }), browserEvent({ ...one, ...entry })], own),
  );
  // A visitor's, a refused one, and a page with a gap.
  await send(
    collector,
    batch([browserEvent({ payload }), browserEvent({ eid: 'no', ...one }), browserEvent({ payload, seq: 9 })], own),
  );
  const deposit = {
    event_type: 'DEPOSIT_CLICKED',
    user_ext_id: theirs.user,
    ext_brand_id: theirs.brand,
    payload: { said: SECRET },
  };
  const envelopes = [1, 2, 3].map((n) => ({ ...deposit, eid: `deposit-of-theirs-${n}`, event_date: Date.now() }));
  await sendFromServer(collector, envelopes, { authorization: theirs.secretKey });
  const customer = `/v1/customers/${theirs.user}`;
  await order(collector, `${customer}/tags`, { operation: 'add', tags: [SECRET] });
  const html = `<p>${SECRET}</p>`;
  await order(collector, `${customer}/engagements`, {
    kind: 'popup',
    title: SECRET,
    html,
    engagement_uid: theirs.popup,
  });
  await order(collector, `${customer}/engagements`, {
    kind: 'inbox',
    title: SECRET,
    body: SECRET,
    engagement_uid: theirs.inbox,
  });
  await order(collector, '/v1/registry', { kind: 'action', name: `by-hand-${SECRET}` });
};

type Row = Record<string, unknown>;

/** Every row of the other label in the files, table by table. */
export const rowsOfTheirs = (dataDir: string): Record<string, Row[]> => {
  const rows: Record<string, Row[]> = {};
  for (const file of ['events.sqlite', 'customers.sqlite']) {
    const db = new Database(join(dataDir, file), { readonly: true });
    const tables = db.prepare<[], { name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`).all();
    const number =
      file === 'events.sqlite'
        ? db.prepare<[string], { id: number }>('SELECT id FROM label WHERE name = ?').get(theirs.name)!.id
        : 0;
    for (const { name } of tables) {
      const columns = db.pragma(`table_info(${name})`) as { name: string }[];
      if (!columns.some((column) => column.name === 'label')) continue;
      const label = name === 'label' || file === 'customers.sqlite' ? theirs.name : number;
      rows[`${file} ${name}`] = db.prepare<[unknown], Row>(`SELECT * FROM ${name} WHERE label = ?`).all(label);
    }
    db.close();
  }
  return rows;
};

const seen = [
  '/v1/events?limit=1000',
  '/v1/losses',
  '/v1/rejections',
  '/v1/registry',
  '/v1/segments',
  '/v1/campaigns',
  '/v1/config',
  '/v1/deliveries',
  `/v1/traces?eid=${theirs.eid}`,
];

/** The same as the other label's operator sees it. */
export const viewOfTheirs = async (collector: RunningCollector): Promise<Record<string, string>> => {
  const paths = [...seen, `/v1/customers/${theirs.user}`];
  const view: Record<string, string> = {};
  for (const path of paths) {
    const answer = await fetch(collector.url + path, { headers: { authorization: `Bearer ${theirs.adminKey}` } });
    expect([path, answer.status]).toEqual([path, 200]);
    view[path] = await answer.text();
  }
  return view;
};

/** Both, once nothing of it changes any more. */
export const allOfTheirs = async (collector: RunningCollector): Promise<string> => {
  const look = async (): Promise<string> =>
    JSON.stringify({ rows: rowsOfTheirs(collector.dataDir), view: await viewOfTheirs(collector) });
  for (let last = await look(); ; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = await look();
    if (now === last) return now;
    last = now;
  }
};
