/** Messages written over one another by several collectors, at servers that agree on each. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseClusterAddress } from '../../../src/collector/cluster/address.ts';
import { holdersSeen } from '../../../src/collector/cluster/holding/holders-seen.ts';
import { holdersWords } from '../../../src/collector/cluster/holding/holders-words.ts';
import { type OpenCluster, openCluster } from '../../../src/collector/cluster/open.ts';
import { createPublish, lastOf } from '../../../src/collector/cluster/publishing.ts';
import { type NatsServers, startNats } from '../../support/nats.ts';

let nats: NatsServers;
const open: OpenCluster[] = [];

beforeAll(async () => {
  nats = await startNats({ nodes: 3 });
  const parsed = parseClusterAddress(nats.store('written'));
  for (let n = 0; n < 4; n++) open.push(await openCluster((parsed as Extract<typeof parsed, { ok: true }>).address));
}, 60_000);
afterAll(async () => {
  await Promise.all(open.map(({ cluster }) => cluster.connection.close()));
  await nats.stop();
});

test('of changes that four collectors make of one value at once, each that is stored is made once', async () => {
  const [{ cluster, names }] = open as [OpenCluster];
  const stream = `KV_${names.settings}`;
  const subject = `$KV.${names.settings}.counted`;
  const made: string[] = [];
  const makeAll = async (one: OpenCluster, who: number): Promise<void> => {
    const publish = createPublish(one.cluster);
    for (let n = 0; n < 15; n++) {
      const last = await lastOf(one.cluster.manager, stream, subject);
      const data = Buffer.from(JSON.stringify([...(last?.json<string[]>() ?? []), `${who}.${n}`]));
      const { is } = await publish({ subject, data, expected: last?.seq ?? 0 });
      if (is === 'stored') made.push(`${who}.${n}`);
    }
  };
  await Promise.all(open.map(makeAll));
  const there = (await lastOf(cluster.manager, stream, subject))!.json<string[]>();
  expect(made.length).toBeGreaterThan(0);
  expect(there.sort()).toEqual(made.sort());
});

test('what was taken out of its place can be written there again at once', async () => {
  const [{ cluster, names }] = open as [OpenCluster];
  const publish = createPublish(cluster);
  const subject = `$KV.${names.settings}.again`;
  const data = Buffer.from('"once"');
  expect(await publish({ subject, data, expected: 0 })).toMatchObject({ is: 'stored' });
  expect(await publish({ subject, data, expected: 0 })).toMatchObject({ is: 'late' });
  await cluster.manager.streams.purge(`KV_${names.settings}`, { filter: subject });
  expect(await publish({ subject, data, expected: 0 })).toMatchObject({ is: 'stored' });
});

test('of four collectors that claim a label at once one is told that it has it', async () => {
  const [{ names }] = open as [OpenCluster];
  const claims = open.map(({ cluster }) =>
    holdersWords({
      cluster,
      bucket: names.holders,
      seen: holdersSeen(() => 0, 1),
      logger: { warn: () => {} },
      patienceMs: 5_000,
    }),
  );
  const sayAll = (label: number, over: number) =>
    Promise.all(claims.map((words, n) => words.say(`held.${label}`, { by: `collector-${n}` }, over)));
  for (let label = 0; label < 10; label++)
    for (let turn = 0, over = 0; turn < 20; turn++) {
      const said = await sayAll(label, over);
      const [winner, ...others] = said.filter(({ is }) => is === 'said') as { place: number }[];
      expect(others).toEqual([]);
      over = winner!.place;
      expect(said.filter(({ is }) => is === 'late')).toHaveLength(3);
    }
});
