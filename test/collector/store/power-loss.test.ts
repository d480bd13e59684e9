/**
 * The power goes while a group is written. What a disk has then is what was synced, and of what was not any first part of it:
 * the write-ahead log up to a byte, or, while that is moved into the file, the file up to a byte.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { eventsFile } from '../../../src/collector/store/sqlite-file.ts';
import { openSqliteLog } from '../../../src/collector/store/sqlite-log.ts';
import { type Chance, chanceOf, seeds } from '../../support/seeds.ts';
import { event, submission } from '../../support/submissions.ts';

/** Every state of the files is opened, however slow the disk is. */
vi.setConfig({ testTimeout: 90_000 });

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'openaction-power-'));
});
afterEach(() => rm(directory, { recursive: true }));

interface Files {
  file: Buffer;
  log: Buffer;
}
/** The later one as far as it came, and behind that what stood there before. */
const torn = (before: Buffer, after: Buffer, upTo: number): Buffer =>
  Buffer.concat([after.subarray(0, upTo), before.subarray(upTo)]);
const place = (before: Buffer, after: Buffer, chance: Chance): number =>
  chance.whole(0, Math.max(before.length, after.length));

test.each(seeds)('whatever was acknowledged is there, and no group by half (seed %i)', async (seed) => {
  const chance = chanceOf(seed);
  const at = join(directory, 'at');
  const log = await openSqliteLog(at);
  const now = async (): Promise<Files> => ({
    file: await readFile(eventsFile(at)),
    log: await readFile(`${eventsFile(at)}-wal`),
  });
  const acknowledged: string[] = [];
  let moved = 0;
  let before = await now();
  for (let group = 0; group < 16; group++) {
    const events = Array.from({ length: chance.whole(1, 30) }, (_, n) =>
      event(`power-${group}-${n}`, {
        index: n,
        seq: null,
        payload: JSON.stringify({ text: chance.word().repeat(2_000) }),
      }),
    );
    await log.append([submission({ events })]);
    const after = await now();
    if (!after.file.equals(before.file)) moved++;
    const written = torn(before.log, after.log, place(before.log, after.log, chance));
    const moving = torn(before.file, after.file, place(before.file, after.file, chance));
    for (const [name, left] of Object.entries({
      'while the group was written': { file: before.file, log: written },
      'while the log was moved into the file': { file: moving, log: after.log },
    })) {
      const copy = join(directory, `${group} ${name}`);
      await cp(at, copy, { recursive: true, filter: (source) => !source.includes('events.sqlite') });
      await writeFile(eventsFile(copy), left.file);
      await writeFile(`${eventsFile(copy)}-wal`, left.log);
      const again = await openSqliteLog(copy);
      const found = (await again.events('casino', { limit: 1_000, order: 'asc' })).events.map(({ eid }) => eid);
      await again.close();
      await rm(copy, { recursive: true });
      const ofThis = events.map(({ eid }) => eid);
      expect(found.slice(0, acknowledged.length), `group ${group}, ${name}`).toEqual(acknowledged);
      expect([[], ofThis], `group ${group}, ${name}`).toContainEqual(found.slice(acknowledged.length));
    }
    acknowledged.push(...events.map(({ eid }) => eid));
    before = after;
  }
  await log.close();
  expect(moved).toBeGreaterThan(0);
});
