/** Submissions as ingest hands them to a log: a plain one, with what a test wants to be different. */
import type { NewEvent, Submission } from '../../src/collector/store/event-log.ts';

export const minute = 60_000;

export const event = (eid: string, more: Partial<NewEvent> = {}): NewEvent => ({
  index: 0,
  eid,
  event_date: 500,
  ext_brand_id: 'main',
  user_ext_id: null,
  event_type: 'client_action',
  payload: '{"client_action":"click"}',
  system: false,
  session_id: 'session-1',
  page_id: 'page-001',
  seq: 1,
  source: 'api',
  frame: null,
  trust: 'unverified',
  name: 'click',
  shape: '[]',
  ...more,
});

export const submission = (more: Partial<Submission> = {}): Submission => ({
  label: 'casino',
  request_id: 'request',
  received_at: 1000,
  device_id: 'device-1',
  events: [],
  rejected: [],
  losses: [],
  pages: [],
  lost: [],
  arrived: [],
  weight: 100,
  ...more,
});
