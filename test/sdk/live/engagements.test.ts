import { beforeEach, describe, expect, test } from 'vitest';
import { createEngagements } from '../../../src/sdk/live/engagements.ts';
import { type TextStore, textStore } from '../../../src/sdk/platform.ts';
import type { Push } from '../../../src/wire/protocol.ts';

let disk: TextStore;
beforeEach(() => {
  disk = textStore(() => undefined);
});

const page = (hidden = false) => {
  const heard: unknown[] = [];
  const engagements = createEngagements({
    store: disk,
    key: '_smartico:seen',
    record: (type, payload) => void heard.push([type, payload]),
    hidden: () => hidden,
    openLink: (link) => void heard.push(['link', link]),
    popup: ({ engagement_uid }) => void heard.push(['popup', engagement_uid]),
    props: (changed) => void heard.push(['props', changed]),
  });
  return { ...engagements, said: () => heard.splice(0) };
};
const popup = (uid: string) =>
  ({ cid: 110, engagement_uid: uid, activityType: 30, popup: { title: 'Hello' } }) as unknown as Push;
const inbox = (uid: string): Push => ({ cid: 110, engagement_uid: uid, activityType: 31 });
const link = (uid: string, dp = 'dp:inbox'): Push => ({ cid: 105, engagement_uid: uid, payload: { dp } });
const impression = (uid: string, activityType: number) => [
  'engagement_impression',
  { engagement_uid: uid, activityType, action: undefined },
];

describe('what the collector sends', () => {
  test('goes to its place: props to the customer, a popup to the drawing room', () => {
    const { heard, said } = page();
    heard({ cid: 108, props: { ach_points_balance: 5 } });
    heard(popup('e-popup-1'));
    expect(said()).toEqual([
      ['props', { ach_points_balance: 5 }],
      ['popup', 'e-popup-1'],
    ]);
  });

  test('a link is left to the page that somebody looks at', () => {
    const behind = page(true);
    behind.heard(link('e-link-1'));
    expect([behind.said(), behind.missed(), behind.missed()]).toEqual([[], true, false]);
    const front = page();
    front.heard(link('e-link-1'));
    expect(front.said()).toContainEqual(['link', 'dp:inbox']);
    expect(front.missed()).toBe(false);
  });

  test('A7 Engagement dedupe: a link runs once, however often it is delivered, and its impression is reported with it', () => {
    const { heard, said } = page();
    heard(link('e-link-1'));
    heard(link('e-link-1'));
    page().heard(link('e-link-1'));
    expect(said()).toEqual([['link', 'dp:inbox'], impression('e-link-1', 34)]);
  });

  test('a link of before a reload does not run again, and one of another user’s does', () => {
    page().heard(link('e-link-1'));
    const again = page();
    again.heard(link('e-link-1'));
    expect(again.said()).toEqual([]);
    again.forget();
    again.heard(link('e-link-1'));
    expect(again.said()).toContainEqual(['link', 'dp:inbox']);
  });

  test('A7 Engagement dedupe: a second identify shows no popup again that was shown, in this page or before a reload', () => {
    const first = page();
    first.heard(popup('e-popup-1'));
    first.report('impression', 'e-popup-1', 30);
    first.said();
    first.heard(popup('e-popup-1'));
    const reloaded = page();
    reloaded.heard(popup('e-popup-1'));
    expect([first.said(), reloaded.said()]).toEqual([[], []]);
  });

  test('a popup that was not shown yet is handed over again: the line of popups knows it', () => {
    page().heard(popup('e-popup-1'));
    const reloaded = page();
    reloaded.heard(popup('e-popup-1'));
    expect(reloaded.said()).toEqual([['popup', 'e-popup-1']]);
  });

  test('an inbox message is the inbox’s matter', () => {
    const { heard, said } = page();
    heard(inbox('e-inbox-1'));
    expect(said()).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['a popup without a popup', { cid: 110, engagement_uid: 'e-1', activityType: 30 }],
    ['an unknown kind', { cid: 110, engagement_uid: 'e-1', activityType: 99 }],
    ['an unknown class', { cid: 107, engagement_uid: 'e-1' }],
    ['an answer that nobody waits for', { cid: 528, uuid: 'late' }],
  ])('%s disturbs nobody', (_name, message) => {
    const { heard, said } = page();
    heard(message as Push);
    expect(said()).toEqual([]);
  });

  test.each<[string, unknown]>([
    ['props that are none', { cid: 108 }],
    ['a link without a payload', { cid: 105, engagement_uid: 'e-1' }],
  ])('%s is taken for nothing, without an error', (_name, message) => {
    expect(() => page().heard(message as Push)).not.toThrow();
  });
});

describe('reports', () => {
  test('each kind is made once for an engagement, across tabs and reloads', () => {
    const { report, said } = page();
    report('impression', 'e-popup-1', 30);
    report('impression', 'e-popup-1', 30);
    page().report('impression', 'e-popup-1', 30);
    report('action', 'e-popup-1', 30, 'dp:inbox');
    report('action', 'e-popup-1', 30, 'dp:inbox');
    report('failed', 'e-popup-1', 30);
    expect(said()).toEqual([
      impression('e-popup-1', 30),
      ['engagement_action', { engagement_uid: 'e-popup-1', activityType: 30, action: 'dp:inbox' }],
      ['engagement_failed', { engagement_uid: 'e-popup-1', activityType: 30, action: undefined }],
    ]);
  });

  test('two buttons of one popup are two clicks', () => {
    const { report, said } = page();
    report('action', 'e-popup-1', 30, 'dp:inbox');
    report('action', 'e-popup-1', 30, 'dp:deposit');
    expect(said()).toHaveLength(2);
  });
});

describe('what is remembered', () => {
  test('is bounded: the last 200', () => {
    const { report, said } = page();
    for (let index = 0; index <= 200; index++) report('impression', `e-${index}`, 30);
    said();
    report('impression', 'e-0', 30);
    report('impression', 'e-200', 30);
    expect(said()).toEqual([impression('e-0', 30)]);
    expect(JSON.parse(`${disk.get('_smartico:seen')}`)).toHaveLength(200);
  });

  test.each(['', 'nonsense', '{"a":1}', '5', 'null', '"text"', '[1,null]'])(
    'what anybody else wrote there (%j) counts as nothing',
    (text) => {
      disk.set('_smartico:seen', text);
      const { heard, said } = page();
      heard(link('e-link-1'));
      expect(said()).toHaveLength(2);
    },
  );
});
