/**
 * A label as its operator meets it over HTTP: events from their server, and what the admin key reads. Every read waits for
 * nothing: a test polls for what must come.
 */
import type { CampaignList, SentMessage, SentRow, TraceRow } from '../../src/collector/live/campaign-shapes.ts';

export interface Verdicts {
  duplicate: string[];
  rejected: { eid: string | null; code: string; message: string }[];
}

export interface LabelDesk {
  /** Posts bytes as they stand with the secret key. */
  tell(body: string): Promise<Verdicts>;
  /** One envelope of the demo's brand, with an id and a time of its own. */
  event(user: string | null, event_type: string, payload: object, more?: object): Promise<string>;
  action(user: string | null, client_action: string, payload?: object, more?: object): Promise<string>;
  read<Answer>(path: string): Promise<Answer>;
  sent(query: { campaign?: string; user_ext_id?: string; channel?: string; limit?: string }): Promise<SentRow[]>;
  message(uid: string): Promise<SentMessage>;
  traces(eid: string): Promise<TraceRow[]>;
  campaigns(): Promise<CampaignList>;
}

export const labelDesk = (url: () => string, keys = { secret: 'demo-secret', admin: 'demo-admin' }): LabelDesk => {
  const read = async <Answer>(path: string): Promise<Answer> => {
    const response = await fetch(url() + path, { headers: { authorization: `Bearer ${keys.admin}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const tell = async (body: string): Promise<Verdicts> => {
    const headers = { authorization: keys.secret, 'content-type': 'application/json' };
    const response = await fetch(`${url()}/api/external/events/v2`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as Verdicts;
  };
  const event: LabelDesk['event'] = async (user_ext_id, event_type, payload, more = {}) => {
    const eid = crypto.randomUUID();
    const { rejected } = await tell(
      JSON.stringify({ eid, event_date: Date.now(), user_ext_id, event_type, payload, ...more }),
    );
    if (rejected[0]) throw new Error(`${rejected[0].code}: ${rejected[0].message}`);
    return eid;
  };
  return {
    tell,
    event,
    action: (user, client_action, payload = {}, more = {}) =>
      event(user, 'client_action', { client_action, ...payload }, more),
    read,
    sent: async (query) =>
      (await read<{ deliveries: SentRow[] }>(`/v1/deliveries?${new URLSearchParams(query)}`)).deliveries,
    message: (uid) => read(`/v1/deliveries/${uid}`),
    traces: async (eid) => (await read<{ traces: TraceRow[] }>(`/v1/traces?eid=${eid}`)).traces,
    campaigns: () => read('/v1/campaigns'),
  };
};
