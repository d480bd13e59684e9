/** Token buckets counted in events. */
import { expect, test } from 'vitest';
import { createRates } from '../../src/collector/rates.ts';

const rate = { perSecond: 10, burst: 100 };

test('a full bucket gives its burst, then what drips in', () => {
  const rates = createRates();
  expect(rates.take('a', rate, 100, 0)).toEqual({ ok: true });
  expect(rates.take('a', rate, 1, 0)).toEqual({ ok: false, waitSeconds: 0.1 });
  expect(rates.take('a', rate, 10, 1000)).toEqual({ ok: true });
  expect(rates.take('a', rate, 50, 2000)).toEqual({ ok: false, waitSeconds: 4 });
});

test('buckets do not share', () => {
  const rates = createRates();
  rates.take('a', rate, 100, 0);
  expect(rates.take('b', rate, 100, 0)).toEqual({ ok: true });
});

test('a batch larger than the bucket passes when it is full, and leaves a debt', () => {
  const rates = createRates();
  expect(rates.take('a', rate, 150, 0)).toEqual({ ok: true });
  expect(rates.take('a', rate, 1, 0)).toMatchObject({ ok: false });
  expect(rates.take('a', rate, 1, 5_100)).toEqual({ ok: true });
});

test('what another bucket refused is given back', () => {
  const rates = createRates();
  rates.take('a', rate, 100, 0);
  rates.giveBack('a', rate, 100);
  expect(rates.take('a', rate, 100, 0)).toEqual({ ok: true });
});

test('a clock that goes back gives nothing and takes nothing', () => {
  const rates = createRates();
  rates.take('a', rate, 100, 10_000);
  expect(rates.take('a', rate, 1, 0)).toMatchObject({ ok: false });
});

test('the bucket used longest ago is forgotten first', () => {
  const rates = createRates(2);
  rates.take('a', rate, 100, 0);
  rates.take('b', rate, 100, 0);
  rates.take('a', rate, 0, 0);
  rates.take('c', rate, 100, 0);
  expect(rates.take('a', rate, 1, 0)).toMatchObject({ ok: false });
  expect(rates.take('b', rate, 1, 0)).toEqual({ ok: true });
});
