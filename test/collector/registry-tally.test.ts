/** The registry folded from counts of shapes. */
import { expect, test } from 'vitest';
import { foldRegistry } from '../../src/collector/registry-tally.ts';
import { shapeOf } from '../../src/collector/shape.ts';
import type { ShapeCount } from '../../src/collector/store/event-log.ts';

const row = (event_type: string, name: string, shape: string, count: number, seen: number): ShapeCount => ({
  event_type,
  name,
  shape,
  count,
  first_seen: seen,
  last_seen: seen,
});

test('payloads with the same fields and types have one shape, in whatever order, without the action’s own name', () => {
  expect(shapeOf('client_action', { client_action: 'a', n: 1, s: 'x' })).toBe('[["n","number"],["s","string"]]');
  expect(shapeOf('client_action', { s: 'y', n: 2, client_action: 'b' })).toBe('[["n","number"],["s","string"]]');
  expect(shapeOf('other', { client_action: 'b' })).toBe('[["client_action","string"]]');
  expect(shapeOf('other', { a: null, b: [], c: {}, d: true })).toBe(
    '[["a","null"],["b","array"],["c","object"],["d","boolean"]]',
  );
  expect(JSON.parse(shapeOf('other', { 'quote"\\\ud800': 1 }))).toEqual([['quote"\\\ud800', 'number']]);
});

test('an action, its type and its fields are counted over all its shapes', () => {
  const view = foldRegistry({
    shapes: [
      row('client_action', 'buy', '[["amount","number"]]', 3, 1000),
      row('client_action', 'buy', '[["amount","string"],["method","string"]]', 2, 500),
      row('deposit', '', '[["amount","number"]]', 1, 2000),
    ],
    registered: [],
  });
  expect(view.actions).toEqual([
    {
      name: 'buy',
      count: 5,
      first_seen: 500,
      last_seen: 1000,
      registered: false,
      fields: [
        { name: 'amount', types: ['number', 'string'], count: 5, referable: true },
        { name: 'method', types: ['string'], count: 2, referable: true },
      ],
    },
  ]);
  expect(view.event_types.map(({ name, count }) => [name, count])).toEqual([
    ['client_action', 5],
    ['deposit', 1],
  ]);
});

test('a field that no campaign can name is kept, with the reason', () => {
  const [type] = foldRegistry({
    shapes: [row('t', '', '[["bad name","number"],["1st","number"],["ok_1","number"]]', 1, 0)],
    registered: [],
  }).event_types;
  expect(type!.fields.map(({ name, referable, reason }) => [name, referable, typeof reason])).toEqual([
    ['bad name', false, 'string'],
    ['1st', false, 'string'],
    ['ok_1', true, 'undefined'],
  ]);
});

test('entry points are a list of their own, registered names stand with the seen ones', () => {
  const view = foldRegistry({
    shapes: [row('core_set_last_login_entry', 'email', '[]', 2, 0)],
    registered: [
      { kind: 'entry_point', name: 'email', fields: {} },
      { kind: 'entry_point', name: 'push', fields: {} },
      { kind: 'action', name: 'later', fields: {} },
    ],
  });
  expect(view.entry_points.map(({ name, count, registered }) => [name, count, registered])).toEqual([
    ['email', 2, true],
    ['push', 0, true],
  ]);
  expect(view.actions.map(({ name, first_seen }) => [name, first_seen])).toEqual([['later', null]]);
});

test('events beyond a full registry are counted as such', () => {
  expect(foldRegistry({ shapes: [row('', '', '[]', 7, 0)], registered: [] }).untallied).toBe(7);
});

test('a publisher’s event whose name nobody published is marked, until it is registered by hand', () => {
  const ofPublisher = '[["clientEventType","string"]]';
  const shapes = [
    row('ActivateOffer', '', ofPublisher, 1, 0),
    row('ExpandRedemption', '', ofPublisher, 1, 0),
    row('deposit', '', '[["amount","number"]]', 1, 0),
  ];
  const marked = (registered: Parameters<typeof foldRegistry>[0]['registered']) =>
    foldRegistry({ shapes, registered })
      .event_types.filter(({ warning }) => warning)
      .map(({ name }) => name);
  expect(marked([])).toEqual(['ExpandRedemption']);
  expect(marked([{ kind: 'event_type', name: 'ExpandRedemption', fields: {} }])).toEqual([]);
});
