/**
 * The published interface, row by row, and that each row is named by a test: `A4 setNickname, setAvatar: what is promised`.
 * A title may name rows of two tables: `A7 showWidget; A8 gf_starting: ...`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './support/source-map.ts';

const rows: { [table: string]: string[] } = {
  // The loader and the two forms of call.
  A1: [
    ...['Script', 'Documented snippet', 'Queue form', 'After load', 'Order', 'Loaded flag', 'Other loader global'],
    'Double script',
  ],
  // What the SDK reads from the window.
  A2: [
    ...['_smartico_user_id', '_smartico_language', '_smartico_user_hash', '_smartico_allow_localhost'],
    ...['_smartico_visitor_id', '_smartico_inframe'],
  ],
  // Setup and identity.
  A3: [
    ...['init', 'initVisitorMode', 'online', 'identify', 'login', 'logout', 'checkSuccessfullyIdentify'],
    ...['changeLanguage', 'clear', 'Login window', 'Too-early calls', 'api readiness', 'Origin allow-list'],
  ],
  // Profile, tags, attribution.
  A4: [
    ...['getPublicProps', 'updatePublicTags', 'older tags form', 'setNickname', 'setAvatar', 'setSkin'],
    ...['setLoginEntry', 'setEntryPoint', 'setUTMs'],
  ],
  A5: ['hash'],
  // Deep links.
  A6: [
    ...['grammar', 'gf', 'gf_saw', 'gf_section', 'gf_change_nickname', 'inbox', 'ask_push_permissions', 'action', 'go'],
    ...['ok', 'cancel', 'close', 'close_me', 'gf_close', 'submit', 'operator-defined names'],
    ...['dp(link)', 'where links come from'],
  ],
  // Surfaces.
  A7: [
    ...['suspendPopups', 'suspendInbox', 'suspendMiniGames', 'showWidget', 'miniGame', 'gamificationBlock'],
    ...['showBanner', 'sendDataToBanner', 'showVisitorGame', 'convertVisitorGame', 'Engagement dedupe', 'Widget page'],
  ],
  // Events and callbacks.
  A8: [
    ...['event', 'action', 'sendAnalytics', 'startLpAnalytics', 'sendServerError', 'sendServerDebug', 'isMobile'],
    ...['parseUrl', 'parseUrlHash', 'on', 'off', 'init', 'label_init_completed', 'identify', 'login', 'logout'],
    ...['props_change', 'page_navigation', 'session_based_dp_detected', 'gf_starting', 'gf_started', 'gf_closing'],
    ...['saw_starting', 'inbox_starting', 'gf_ux', 'mini_game_win', 'jackpot_win', 'ach_game_opening'],
    ...['protocol_error', 'numeric keys'],
  ],
  // Questions about the customer.
  A9: [
    ...['getUserProfile', 'checkSegmentMatch', 'checkSegmentListMatch', 'getInboxMessages', 'getInboxUnreadCount'],
    ...['getInboxMessageBody', 'markInboxMessageAsRead', 'markAllInboxMessagesAsRead'],
    ...['markUnmarkInboxMessageAsFavorite', 'deleteInboxMessage', 'deleteAllInboxMessages'],
    ...['reportImpressionEvent', 'reportClickEvent', 'vapi'],
  ],
  // Push.
  A10: ['requestPushPermissions', 'registerNativePushToken', 'push state'],
  // The bridge between windows.
  A11: ['iframe bridge'],
  // Localhost and visitors.
  A12: ['localhost', 'visitor', 'visitor mode'],
};

const games = 'games are another product: their calls reject, and nothing of theirs is read or said';
/** Rows that nothing here keeps yet, and why. */
const notYet: { [row: string]: string } = {
  'A2 _smartico_visitor_win_uuid': games,
  'A2 __SMARTICO_LP_PARAMS__': games,
  'A13 messages of games': games,
};

/** The rows that a title names: what stands before its first colon. */
const namedBy = (title: string): string[] =>
  (title.split(': ')[0] ?? '').split('; ').flatMap((clause) => {
    const [, table = '', names = ''] = /^(A\d+) (.+)$/.exec(clause) ?? [];
    return names.split(', ').map((name) => `${table} ${name}`);
  });

/** Titles of tests that begin with a row; one without a colon is the title of a group, and names nothing. */
const titlesOf = (source: string): string[] =>
  Array.from(source.matchAll(/(['`"])(A\d+ (?:(?!\1).)*?: (?:(?!\1).)*)\1/g), ([, , title = '']) => title);

const sources = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.ts') && path !== 'surface.test.ts')
  .map((path) => readFileSync(join(root, 'test', path), 'utf8'));
const named = new Set(sources.flatMap(titlesOf).flatMap(namedBy));

test.each(Object.entries(rows))('every row of %s is named by a test', (table, names) => {
  expect(names.filter((name) => !named.has(`${table} ${name}`))).toEqual([]);
});

test('what is not kept yet is named by no test', () => {
  expect(Object.keys(notYet).filter((row) => named.has(row))).toEqual([]);
});

describe('reading titles', () => {
  test('finds every row before the colon, of one table or of two', () => {
    const source = [
      "test('A7 showWidget; A8 gf_starting, gf_started: it opens', () => {",
      "])('A6 dp(link): %s', () => {",
      "describe('A3 init', () => {",
      "test('opens A3 online: no', () => {",
    ].join('\n');
    expect(titlesOf(source).flatMap(namedBy)).toEqual([
      'A7 showWidget',
      'A8 gf_starting',
      'A8 gf_started',
      'A6 dp(link)',
    ]);
  });
});
