/**
 * The campaigns' report in SQLite: a row for each customer and uid, counted by campaign, channel and status as it is written.
 * A page of one campaign or of everybody is merged from its channels, each read from an index in its order.
 */
import type { Delivery } from '../engine/reaction.ts';
import type { Sqlite } from './sqlite-file.ts';
import { fromColumn, toColumn } from './text-column.ts';
import type { CustomerKey, DeliveryQuery, FunnelCount, FunnelQuery, KeptDelivery } from './user-store.ts';

type Row = KeptDelivery & { n: number };
type Channel = Delivery['channel'];
interface Place {
  at: number;
  n: number;
}

/** Before the newest. */
const START: Place = { at: Number.MAX_SAFE_INTEGER, n: Number.MAX_SAFE_INTEGER };

const nextOf = ({ at, n }: Place): string => `${at}.${n}`;
const placeOf = (next: string): Place => {
  const [at = 0, n = 0] = next.split('.').map(Number);
  return { at, n };
};
const newestFirst = (one: Place, other: Place): number => other.at - one.at || other.n - one.n;

const kept = ({ n: _, ...row }: Row): KeptDelivery => ({
  ...row,
  uid: fromColumn(row.uid),
  customer: fromColumn(row.customer),
  campaign: fromColumn(row.campaign),
  eid: row.eid === null ? null : fromColumn(row.eid),
  why: fromColumn(row.why),
});

export const sqliteDeliveries = (db: Sqlite) => {
  const columns = 'n, uid, campaign, eid, channel, status, at, status_at, why, customer';
  const select = (where: string) =>
    db.prepare<unknown[], Row>(`SELECT ${columns} FROM delivery WHERE ${where} ORDER BY at DESC, n DESC LIMIT ?`);
  const before = '(at, n) < (?, ?)';
  const ofCampaign = select(`label = ? AND campaign = ? AND channel = ? AND ${before}`);
  const ofChannel = select(`label = ? AND channel = ? AND ${before}`);
  const ofCustomer = select(
    `label = ? AND customer = ? AND campaign = ifnull(?, campaign) AND channel = ifnull(?, channel) AND ${before}`,
  );
  const ofUid = select('label = ? AND uid = ?');
  const channelsOf = (where: string) =>
    db.prepare<unknown[], { channel: Channel }>(`SELECT DISTINCT channel FROM delivery_count WHERE ${where}`);
  const channels = { ofAll: channelsOf('label = ?'), ofOne: channelsOf('label = ? AND campaign = ?') };
  const put = db.prepare(
    `INSERT INTO delivery (n, place, label, uid, customer, campaign, eid, channel, status, at, status_at, why)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET campaign = excluded.campaign, eid = excluded.eid,
     channel = excluded.channel, status = excluded.status, at = excluded.at, status_at = excluded.status_at,
     why = excluded.why, place = excluded.place WHERE excluded.place >= place`,
  );
  const cameFirst = db.prepare(
    'UPDATE delivery SET n = @place WHERE label = @label AND uid = @uid AND customer = @customer AND n > @place',
  );
  const countOf = (where: string) =>
    db.prepare<unknown[], FunnelCount>(
      `SELECT campaign, channel, status, count FROM delivery_count WHERE ${where} AND count > 0
       ORDER BY campaign, channel, status`,
    );
  const counts = { ofAll: countOf('label = ?'), ofOne: countOf('label = ? AND campaign = ?') };
  const countOfSince = (where: string) =>
    db.prepare<unknown[], FunnelCount>(
      `SELECT c.campaign, c.channel, d.status, count(*) AS count
       FROM (SELECT DISTINCT label, campaign, channel FROM delivery_count WHERE ${where}) c CROSS JOIN delivery d
       ON d.label = c.label AND d.campaign = c.campaign AND d.channel = c.channel AND d.at >= ?
       GROUP BY c.campaign, c.channel, d.status ORDER BY c.campaign, c.channel, d.status`,
    );
  const countsSince = {
    ofAll: countOfSince('label = ? AND channel = ifnull(?, channel)'),
    ofOne: countOfSince('label = ? AND campaign = ? AND channel = ifnull(?, channel)'),
  };

  const countsOf = (label: string, { campaign, channel, since }: FunnelQuery): FunnelCount[] => {
    const which = campaign === undefined ? 'ofAll' : 'ofOne';
    const of = campaign === undefined ? [label] : [label, toColumn(campaign)];
    return since === undefined ? counts[which].all(...of) : countsSince[which].all(...of, channel ?? null, since);
  };

  const rowsOf = (label: string, query: DeliveryQuery): Row[] => {
    const { at, n } = query.after === undefined ? START : placeOf(query.after);
    const rest = [at, n, query.limit + 1];
    const campaign = query.campaign === undefined ? null : toColumn(query.campaign);
    if (query.customer !== undefined)
      return ofCustomer.all(label, toColumn(query.customer), campaign, query.channel ?? null, ...rest);
    const all = campaign === null ? channels.ofAll.all(label) : channels.ofOne.all(label, campaign);
    return all
      .filter(({ channel }) => query.channel === undefined || channel === query.channel)
      .flatMap(({ channel }) =>
        campaign === null ? ofChannel.all(label, channel, ...rest) : ofCampaign.all(label, campaign, channel, ...rest),
      )
      .sort(newestFirst);
  };

  return {
    /** @param place in the order of all changes, where rows may come in another; without one they come in theirs */
    keep(label: string, customer: CustomerKey, delivery: Delivery, place?: number): void {
      const { campaign, eid, channel, status, at, status_at, why } = delivery;
      const whose = { label, uid: toColumn(delivery.uid), customer: toColumn(customer) };
      const words = [campaign, eid].map((text) => (text === null ? null : toColumn(text)));
      const rest = [...Object.values(whose), ...words, channel, status, at, status_at, toColumn(why)];
      const { changes } = put.run(place ?? null, place ?? 0, ...rest);
      if (place !== undefined && changes === 0) cameFirst.run({ ...whose, place });
    },
    page(label: string, query: DeliveryQuery): { deliveries: KeptDelivery[]; next: string | null } {
      const rows = rowsOf(label, query);
      const shown = rows.slice(0, query.limit);
      return { deliveries: shown.map(kept), next: rows.length > query.limit ? nextOf(shown.at(-1)!) : null };
    },
    find(label: string, uid: string): KeptDelivery | undefined {
      const [newest] = ofUid.all(label, toColumn(uid), 1);
      return newest && kept(newest);
    },
    funnel(label: string, query: FunnelQuery): FunnelCount[] {
      const rows = countsOf(label, query).map((row) => ({ ...row, campaign: fromColumn(row.campaign) }));
      return rows.filter(({ channel }) => query.channel === undefined || channel === query.channel);
    },
  };
};
