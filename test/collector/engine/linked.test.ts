/** A visitor who turns out to be a customer. */
import { describe, expect, test } from 'vitest';
import { type CustomerState, stateBounds } from '../../../src/collector/engine/customer-state.ts';
import type { Definitions, Step } from '../../../src/collector/engine/definitions.ts';
import { campaign, DAY, type EngineDesk, engineDesk, mission, START, tagged } from '../../support/engine-desk.ts';

const definitions: Partial<Definitions> = {
  segments: { fans: { event: 'play', count: { min: 3 }, where: { game: 'chess' } } },
  campaigns: [campaign('hail', [tagged('HAILED')], { trigger: { entered: 'fans' } })],
  missions: [
    mission('three', {
      tasks: [{ event: 'deposit', where: null, count: 3 }],
      reward: [{ kind: 'points', points: 10 }],
    }),
  ],
};

/** Cursors are the log's: those of a visitor are never a customer's too. */
let cursor = 1_000;
const did = (desk: EngineDesk, name: string, times: number, at = START): void => {
  for (let n = 0; n < times; n++) {
    cursor += 1;
    desk.happens(name, { game: 'chess' }, { cursor, eid: `e${cursor}`, at });
  }
};
const visitorWho = (...done: [name: string, times: number, at?: number][]): CustomerState => {
  const desk = engineDesk(definitions, null);
  for (const [name, times, at] of done) did(desk, name, times, at);
  return desk.state;
};
const linked = (anna: EngineDesk, visitor: CustomerState, at = START): EngineDesk => {
  cursor += 1;
  const fact = anna.fact('visitor_linked', {}, { cursor, eid: `e${cursor}`, trust: 'server', at });
  anna.meets({ is: 'linked', fact, device: 'device-1', visitor });
  return anna;
};
const customerWho = (...done: [name: string, times: number][]): EngineDesk => {
  const desk = engineDesk(definitions);
  for (const [name, times] of done) did(desk, name, times);
  return desk;
};

test('brings what they did, so that segments are entered and campaigns begin', () => {
  const anna = linked(customerWho(['play', 1]), visitorWho(['play', 2]));
  expect([anna.state.history.play?.count, anna.state.tags]).toEqual([3, ['HAILED']]);
  expect(Object.keys(anna.state.segments)).toEqual(['fans']);
  expect(anna.state.devices).toEqual({ 'device-1': START });
});

test('brings what they were sent, and the caps of what began for them: nobody is told the same twice', () => {
  const popup: Step = {
    kind: 'engagement',
    request: { kind: 'inbox', title: 'Hello', body: 'There' },
    expiresIn: null,
  };
  const greeted = { trigger: { entered: 'fans' }, cap: { times: 1, within: null } } as const;
  const desk = { ...definitions, campaigns: [campaign('hail', [popup], greeted)] };
  const stranger = engineDesk(desk, null);
  did(stranger, 'play', 3);
  const anna = linked(engineDesk(desk), stranger.state);
  expect(anna.state.inbox.map(({ uid }) => uid)).toEqual(stranger.state.inbox.map(({ uid }) => uid));
  expect(anna.state.engagements).toHaveLength(1);
  expect(Object.keys(anna.state.segments)).toEqual(['fans']);
});

test('counts for missions, and completes one', () => {
  const anna = linked(customerWho(['deposit', 1]), visitorWho(['deposit', 1]));
  expect(anna.state.missions.three?.done).toEqual([2]);
  did(anna, 'deposit', 1);
  expect(anna.state.points.balance).toBe(10);

  expect(linked(customerWho(['deposit', 1]), visitorWho(['deposit', 2])).state.points.balance).toBe(10);
});

test('brings nothing that is older than 60 days, and what came at an earlier login once', () => {
  const anna = linked(customerWho(), visitorWho(['play', 1, START - 61 * DAY], ['play', 1, START - 59 * DAY]));
  expect(anna.state.history.play?.count).toBe(1);

  const visitor = visitorWho(['play', 2, START - DAY]);
  const again = linked(linked(customerWho(), visitor), visitor, START + DAY);
  expect(again.state.history.play?.count).toBe(2);
});

test('brings nothing again that is no longer kept, however much the customer did since', () => {
  const visitor = visitorWho(['play', 2, START - DAY]);
  const anna = linked(customerWho(), visitor);
  did(anna, 'play', stateBounds.history);
  expect(linked(anna, visitor, START + DAY).state.history.play?.count).toBe(stateBounds.history + 2);
});

test('that is in the state already changes nothing', () => {
  const anna = linked(customerWho(), visitorWho(['play', 1]));
  const { state } = anna;
  const fact = [...anna.events.values()].at(-1)!;
  expect(anna.meets({ is: 'linked', fact, device: 'device-1', visitor: visitorWho(['play', 2]) }).state).toBe(state);
});

describe('of what is known', () => {
  const target = (id: string) => ({ id, platform: 0, subscription: null, at: 0 });
  const own: Partial<CustomerState> = {
    tags: ['OWN'],
    properties: { city: { value: 'Rome', trust: 'unverified' } },
    language: 'it',
    push: [target('a')],
  };
  const theirs: CustomerState = {
    ...visitorWho(),
    tags: ['OWN', 'THEIRS'],
    properties: { city: { value: 'Oslo', trust: 'server' }, utm_source: { value: 'ad', trust: 'unverified' } },
    language: 'no',
    entry_point: 'landing',
    push: [target('a'), target('b')],
    points: { balance: 50, ever: 50 },
  };
  const anna = customerWho();
  anna.state = { ...anna.state, ...own };
  const { state } = linked(anna, theirs);

  test.each<[string, unknown, unknown]>([
    ['tags join', state.tags, ['OWN', 'THEIRS']],
    [
      'own properties stay, and those that lacked come',
      Object.fromEntries(Object.entries(state.properties).map(([name, { value }]) => [name, value])),
      { city: 'Rome', utm_source: 'ad' },
    ],
    ['the own language stays', state.language, 'it'],
    ['the entry point that lacked comes', state.entry_point, 'landing'],
    ['push targets join, each once', state.push.map(({ id }) => id), ['a', 'b']],
    ['points stay behind', state.points.balance, 0],
  ])('%s', (_, found, wanted) => expect(found).toEqual(wanted));
});
