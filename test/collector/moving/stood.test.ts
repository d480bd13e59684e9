/** A log that is taken apart into groups and put down in another file answers as the first one does. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { contentsOf, differences } from '../../../src/collector/moving/contents.ts';
import { countedGroups } from '../../../src/collector/moving/counted-groups.ts';
import { type EventPlace, eventGroups } from '../../../src/collector/moving/event-groups.ts';
import { openSource } from '../../../src/collector/moving/source.ts';
import type { RegistryKind } from '../../../src/collector/store/event-log.ts';
import { openForReading } from '../../../src/collector/store/sqlite-file.ts';
import { openSqliteWriter } from '../../../src/collector/store/sqlite-writer.ts';
import { fromColumn } from '../../../src/collector/store/text-column.ts';
import { makeLivedStore } from '../../support/lived-store.ts';
import { chanceOf, seeds } from '../../support/seeds.ts';

let room: string;
beforeEach(async () => {
  room = await mkdtemp(join(tmpdir(), 'openaction-stood-'));
});
afterEach(() => rm(room, { recursive: true }));

test.each(seeds)(
  'events, pages, losses, refusals and counts stand as they stood, wherever it is gone on with (seed %i)',
  async (seed) => {
    const chance = chanceOf(seed);
    const here = join(room, 'here');
    await makeLivedStore(here, { seed, submissions: 200, changes: 0 });
    const source = openSource(here);
    const file = join(room, 'there.sqlite');
    const writer = openSqliteWriter(file);
    for (let place: EventPlace = { after: 0, groups: 0 }, more = true; more; ) {
      more = false;
      for (const { submissions, next } of eventGroups(source.events, 1)(place)) {
        writer.commit(submissions);
        place = next;
        more = chance.share() < 0.5;
        if (more) break;
      }
    }
    for (const { submissions } of countedGroups(source.events)()) writer.commit(submissions);
    const names = source.events
      .prepare<[], { label: string; kind: RegistryKind; name: string; fields: string }>(
        'SELECT l.name AS label, kind, t.name, fields FROM registered t JOIN label l ON l.id = t.label',
      )
      .all();
    for (const { label, kind, name, fields } of names)
      writer.register(fromColumn(label), kind, fromColumn(name), JSON.parse(fields));
    writer.close();
    const copied = openForReading(file);
    const there = await contentsOf({ ...source, events: copied });
    expect(differences(await contentsOf(source), there)).toEqual([]);
    copied.close();
    source.close();
  },
);
