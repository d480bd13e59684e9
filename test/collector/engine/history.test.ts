/** What a customer's state keeps of their events: enough to ask again, never more than it may weigh. */
import { describe, expect, test } from 'vitest';
import { type CustomerState, type Happened, stateBounds } from '../../../src/collector/engine/customer-state.ts';
import { happened, withHappened, withHistory, withVisitorsHistory } from '../../../src/collector/engine/history.ts';
import { registered } from '../../../src/collector/engine/registered.ts';
import type { Fact } from '../../../src/collector/engine/user-state.ts';
import type { Payload } from '../../../src/wire/event.ts';

const nobody = registered({ key: 'u:anna', user: 'anna' }, { name: 'casino', gamificationShare: 100 }, 0);
const fact = (name: string, cursor: number, at = cursor, payload: Payload = {}): Fact => ({
  cursor,
  eid: `event-${cursor}`,
  event_type: name,
  name,
  payload,
  trust: 'server',
  at,
});
const withAll = (state: CustomerState, facts: Fact[], fields: string[] = []): CustomerState =>
  facts.reduce((state, one) => withHappened(state, one, fields), state);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);
const cursors = (events: readonly Happened[] | undefined) => events?.map(({ cursor }) => cursor);
const sizeOf = ({ history }: CustomerState) =>
  JSON.stringify(Object.values(history).map(({ recent }) => recent)).length;

test('of an event its own fields are kept that are named, and nothing else', () => {
  const state = withHappened(nobody, fact('deposit', 7, 5, { amount: 3, card: '4111', way: null }), [
    'way',
    'amount',
    'toString',
  ]);
  expect(state.history).toEqual({
    deposit: {
      count: 1,
      first_at: 5,
      last_at: 5,
      kept: 'amount,toString,way',
      recent: [{ eid: 'event-7', cursor: 7, at: 5, trust: 'server', fields: { way: null, amount: 3 } }],
    },
  });
});

test('the same event twice is one, and then the state is the same', () => {
  const once = withAll(nobody, [fact('deposit', 1), fact('deposit', 2)]);
  expect(withHappened(once, fact('deposit', 2), [])).toBe(once);
  expect(withHappened(once, fact('deposit', 1), [])).toBe(once);
  expect(once.history.deposit?.count).toBe(2);
});

test('an event of yesterday is counted at its time, in the order of the log', () => {
  const { deposit } = withAll(nobody, [
    fact('deposit', 1, 500),
    fact('deposit', 2, 100),
    fact('deposit', 3, 300),
  ]).history;
  expect(deposit).toMatchObject({ count: 3, first_at: 100, last_at: 500 });
  expect(cursors(deposit?.recent)).toEqual([1, 2, 3]);
});

test('a hundred of a name are kept; the others stay in count and times', () => {
  const { deposit } = withAll(
    nobody,
    range(1, 130).map((cursor) => fact('deposit', cursor)),
  ).history;
  expect(deposit).toMatchObject({ count: 130, first_at: 1, last_at: 130 });
  expect(cursors(deposit?.recent)).toEqual(range(31, 130));
});

test('all together weigh no more than they may: what was quiet longest loses its oldest first', () => {
  const heavy = (name: string, cursor: number) => fact(name, cursor, cursor, { text: 'x'.repeat(900) });
  const quiet = withAll(
    nobody,
    range(1, 40).map((cursor) => heavy('quiet', cursor)),
    ['text'],
  );
  const both = withAll(
    quiet,
    range(41, 80).map((cursor) => heavy('busy', cursor)),
    ['text'],
  );
  expect(sizeOf(both)).toBeLessThanOrEqual(stateBounds.historySize);
  expect(sizeOf(both)).toBeGreaterThan(stateBounds.historySize - 2_000);
  expect(both.history.quiet).toMatchObject({ count: 40, first_at: 1, last_at: 40 });
  expect(both.history.quiet?.recent.at(-1)?.cursor).toBe(40);
  expect(cursors(both.history.busy?.recent)).toEqual(range(41, 80));
  const stored = JSON.parse(JSON.stringify(both)) as CustomerState;
  expect(withHappened(stored, heavy('busy', 81), ['text'])).toEqual(withHappened(both, heavy('busy', 81), ['text']));
});

test('one event too heavy for its neighbours leaves the newest', () => {
  const events = range(1, 5).map((cursor) => fact('deposit', cursor, cursor, { text: 'x'.repeat(30_000) }));
  const { deposit } = withAll(nobody, events, ['text']).history;
  expect(cursors(deposit?.recent)).toEqual([4, 5]);
  expect(deposit?.count).toBe(5);
});

describe('what is read from the log', () => {
  const logged = (...all: number[]) =>
    all.map((cursor) => happened(fact('deposit', cursor, cursor, { amount: cursor }), ['amount']));

  test('replaces what was kept with other fields, and the next event goes behind it', () => {
    const before = withAll(nobody, [fact('deposit', 5), fact('deposit', 6)]);
    const read = withHistory(before, 'deposit', ['amount'], logged(5, 6), 2);
    expect(read.history.deposit).toEqual({ count: 2, first_at: 5, last_at: 6, kept: 'amount', recent: logged(5, 6) });
    const after = withHappened(read, fact('deposit', 7, 7, { amount: 7 }), ['amount']);
    expect(after.history.deposit).toMatchObject({ count: 3, kept: 'amount', recent: logged(5, 6, 7) });
  });

  test('knows that there is nothing', () => {
    const read = withHistory(nobody, 'deposit', ['amount'], [], 0);
    expect(read.history.deposit).toEqual({ count: 0, first_at: 0, last_at: 0, kept: 'amount', recent: [] });
    expect(withHappened(read, fact('deposit', 7), ['amount']).history.deposit).toMatchObject({
      count: 1,
      first_at: 7,
      last_at: 7,
    });
  });

  test('is no reason to forget what the log no longer has', () => {
    const before = withAll(
      nobody,
      range(1, 120).map((cursor) => fact('deposit', cursor)),
    );
    const read = withHistory(before, 'deposit', ['amount'], logged(119, 120), 2);
    expect(read.history.deposit).toMatchObject({ count: 120, first_at: 1, last_at: 120 });
    expect(cursors(read.history.deposit?.recent)).toEqual(range(21, 120));
    expect(read.history.deposit?.recent.slice(-2)).toEqual(logged(119, 120));
  });

  test('fields that were kept for other definitions say so until it is read', () => {
    const before = withHappened(nobody, fact('deposit', 1), ['amount']);
    const after = withHappened(before, fact('deposit', 2), ['amount', 'way']);
    expect(after.history.deposit?.kept).toBe('amount');
  });
});

describe('a visitor who became a customer', () => {
  const visitor = withAll(nobody, [
    fact('view', 1, 100),
    fact('view', 2, 200),
    fact('view', 4, 400),
    fact('click', 5, 50),
  ]);

  test('brings what they did since then, each event once', () => {
    const customer = withAll(nobody, [fact('view', 3, 300)]);
    const linked = withVisitorsHistory(customer, visitor, 150);
    expect(linked.history.view).toMatchObject({ count: 3, first_at: 200, last_at: 400 });
    expect(cursors(linked.history.view?.recent)).toEqual([2, 3, 4]);
    expect(linked.history.click).toBeUndefined();
    expect(withVisitorsHistory(linked, visitor, 150)).toBe(linked);
  });

  test('brings names that the customer never had', () => {
    expect(withVisitorsHistory(nobody, visitor, 0).history).toEqual(visitor.history);
  });
});
