/**
 * The one list of error codes: what an operator's developer sees in an answer, a verdict or the console.
 * README documents every one of them (a test holds the two together).
 */

/** Codes that refuse a whole request, with their HTTP status. */
export const requestCodes = {
  empty_body: 400,
  bad_json: 400,
  bad_gzip: 400,
  bad_batch: 400,
  bad_query: 400,
  bad_request: 400,
  bad_engagement: 400,
  too_deep: 400,
  too_many_events: 413,
  body_too_large: 413,
  body_timeout: 408,
  unknown_label: 401,
  unknown_key: 401,
  origin_not_allowed: 403,
  consent_refused: 403,
  key_not_for_browsers: 403,
  not_found: 404,
  method_not_allowed: 405,
  unsupported_encoding: 415,
  rate_limited: 429,
  overloaded: 503,
  shutting_down: 503,
  internal: 500,
} as const;

/** Codes of one event's verdict; the rest of its batch is stored. */
export const verdictCodes = [
  'bad_event',
  'bad_eid',
  'bad_event_date',
  'bad_user',
  'no_user',
  'bad_brand',
  'unknown_brand',
  'bad_event_type',
  'empty_action',
  'bad_scope',
  'system_with_user',
  'bad_source',
  'bad_context',
  'payload_not_object',
  'payload_too_large',
  'too_deep',
  'too_many_keys',
  'bad_field_code',
  'bad_hash',
  'identity_unverified',
  'identity_expired',
  'link_not_listed',
  'link_not_signed',
  'too_many_entry_points',
  'too_old',
] as const;

/** Codes that the SDK tells in the page's console and on the errors it throws. */
export const sdkCodes = [
  'no_label',
  'empty_action',
  'empty_event_type',
  'empty_user_id',
  'payload_not_object',
  'payload_repaired',
  'payload_too_large',
  'localhost_refused',
  'loaded_twice',
  'bad_collector',
  'link_dropped',
  'link_unknown',
  'queue_not_durable',
  'queue_overflow',
  'event_rejected',
  'sending_stopped',
  'collector_unreachable',
  'unknown_method',
  'not_available',
  'bad_argument',
  'handler_threw',
  'consent_missing',
  'room_unavailable',
  'not_identified',
  'identify_refused',
  'channel_timeout',
  'suspended',
  'push_unavailable',
  'framed_by_stranger',
  'frame_refused',
  'host_refused',
  'no_host',
  'init_refused',
  'identity_refused',
  'bridge_timeout',
  'bridge_flood',
] as const;

export type RequestCode = keyof typeof requestCodes;
export type VerdictCode = (typeof verdictCodes)[number];
export type SdkCode = (typeof sdkCodes)[number];
