/** A collector whose copies are behind says so once, and once that they are level again. */
import { expect, test } from 'vitest';
import { watchLags } from '../../../src/collector/cluster/lag-watch.ts';
import { until } from '../../support/until.ts';

test('ten seconds behind are told once, however long it lasts, and the end of it once', async () => {
  const level = { messages: 0, seconds: 0 };
  let lags = { events: level, customers: level };
  let looks = 0;
  const said: string[] = [];
  const logger = {
    info: (message: string) => said.push(message),
    warn: (_: object, message: string) => said.push(message),
  } as never;
  const look = () => {
    looks++;
    return lags;
  };
  const stop = watchLags(look, logger, { muchS: 10, lookEveryMs: 2 });
  const someLooks = async (): Promise<unknown> => {
    const before = looks;
    return until(() => looks > before + 2);
  };
  lags = { events: { messages: 40, seconds: 9 }, customers: level };
  await someLooks();
  expect(said).toEqual([]);
  lags = { events: level, customers: { messages: 4, seconds: 11 } };
  await someLooks();
  lags = { events: level, customers: { messages: 4, seconds: 2 } };
  await someLooks();
  expect(said).toEqual([expect.stringMatching(/behind the cluster/)]);
  lags = { events: level, customers: level };
  await someLooks();
  expect(said.slice(1)).toEqual([expect.stringMatching(/level with the cluster again/)]);
  stop();
});
