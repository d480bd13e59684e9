/** A stored event as the read API tells it, for tests that care about a part of it. */
import type { StoredEvent } from '../../../src/collector/live/shapes.ts';

export const storedEvent = (cursor: number, part: Partial<StoredEvent> = {}): StoredEvent => ({
  eid: `eid-${String(cursor).padStart(8, '0')}`,
  event_date: 1_795_000_000_000 + cursor,
  ext_brand_id: 'demo-brand',
  user_ext_id: 'test98635568',
  event_type: 'client_action',
  payload: { client_action: 'reset_password' },
  label_key: 'demo-label',
  device_id: 'device-1',
  session_id: 'session-1',
  page_id: 'page-0001',
  seq: cursor,
  source: 'api',
  trust: 'unverified',
  received_at: 1_795_000_000_100 + cursor,
  cursor,
  ...part,
});
