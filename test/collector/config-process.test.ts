/** The real process and the config on its disk: changed while it runs, by an editor and by a signal. */
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { batch, browserEvent, read, send } from '../support/batches.ts';
import { startCollector } from '../support/collector.ts';
import { patiently } from '../support/until.ts';

test('a changed config is in force without a restart, one with mistakes is not, and nobody is disturbed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'openaction-config-'));
  const file = join(directory, 'config.json');
  const config = JSON.parse(await readFile('demo/config.json', 'utf8'));
  /** As editors do it: another file in the place of the old one. */
  const put = async (change: object): Promise<void> => {
    const [first, ...others] = config.labels;
    await writeFile(`${file}.tmp`, JSON.stringify({ ...config, labels: [{ ...first, ...change }, ...others] }));
    await rename(`${file}.tmp`, file);
  };
  await put({});
  const collector = await startCollector({ env: { CONFIG: file } });
  const refused = async () =>
    (await read<{ refused: { mistakes: object[] } | null }>(collector, '/v1/config')).body.refused;
  const brand = (ext_brand_id: string) => send(collector, batch([browserEvent({ ext_brand_id })]));
  expect((await brand('fresh')).body.rejected).toMatchObject([{ code: 'unknown_brand' }]);

  await put({ brands: ['demo-brand', 'fresh'] });
  await expect.poll(() => collector.log, patiently).toContain('the config on disk is in force');
  expect(collector.log).toContain('"changed":["Demo casino: brands"]');
  expect((await brand('fresh')).body.rejected).toEqual([]);

  await put({ brands: ['demo-brand'], campaigns: { A: { on: { event: 'X' }, steps: [{ tga: 'a' }] } } });
  collector.hangUp();
  await expect.poll(() => collector.log, patiently).toContain('did you mean \\"tag\\"?');
  expect(await refused()).toMatchObject({ mistakes: [{ path: 'labels[0].campaigns.A.steps[0].tga' }, {}] });
  expect((await brand('fresh')).body.rejected).toEqual([]);

  await put({ brands: ['demo-brand', 'fresh', 'newest'] });
  collector.hangUp();
  await expect.poll(refused, patiently).toBeNull();
  expect((await brand('newest')).body.rejected).toEqual([]);
  await collector.stop();
  await rm(directory, { recursive: true, force: true });
});
