/**
 * Missions, levels and ads: what a customer works towards, and what is offered to them.
 */
import type { Payload } from '../../wire/event.ts';
import type { Ad, Level, Mission, Task } from '../engine/definitions.ts';
import { trusts } from '../engine/trust.ts';
import { warnOfEventWords } from './event-words.ts';
import { parseFilter } from './filter.ts';
import { namedEntries, readName } from './names.ts';
import { fields, type Place } from './place.ts';
import { parseSteps, type Surroundings } from './steps.ts';

const most = { missions: 1_000, tasks: 20, count: 1_000_000, levels: 100, points: 1e12, ads: 10_000 } as const;

const parseTask = (at: Place): Task => {
  const { event, where, count } = fields(at, ['event', 'where', 'count'], ['event']);
  return {
    event: event ? readName(event) : '',
    where: where ? parseFilter(where, { references: false }) : null,
    count: count?.whole(1, most.count) ?? 1,
  };
};

const parseTasks = (at: Place): Task[] => {
  const list = at.list();
  if (Array.isArray(at.value) && list.length === 0) at.mistake('must have at least one task');
  if (list.length > most.tasks) at.mistake(`has more than ${most.tasks} tasks`);
  return list.slice(0, most.tasks).map(parseTask);
};

const parseMission = (name: string, at: Place, surroundings: Surroundings): Mission => {
  const known = fields(at, ['title', 'tasks', 'trust', 'repeats', 'reward'], ['tasks']);
  const trust = known.trust?.oneOf(trusts) ?? 'unverified';
  const tasks = known.tasks ? parseTasks(known.tasks) : [];
  const reward = known.reward ? parseSteps(known.reward, surroundings) : [];
  if (trust === 'unverified') warnOfEventWords(at, reward, surroundings);
  return {
    name,
    title: known.title?.text() ?? name,
    tasks,
    trust,
    repeats: known.repeats?.flag() ?? false,
    reward,
  };
};

export const parseMissions = (at: Place | undefined, surroundings: Surroundings): Mission[] =>
  at ? namedEntries(at, most.missions).map(([name, inside]) => parseMission(name, inside, surroundings)) : [];

/** A second one with the same value, which one of them must not have. */
const findTwin = <Value>(values: (Value | undefined)[], tell: (index: number, first: number) => void): void => {
  for (const [index, value] of values.entries()) {
    const first = values.indexOf(value);
    if (value !== undefined && first < index) tell(index, first);
  }
};

export const parseLevels = (at: Place | undefined): Level[] => {
  const list = at?.list() ?? [];
  if (list.length > most.levels) at?.mistake(`has more than ${most.levels} levels`);
  const read = list.slice(0, most.levels).map((one) => {
    const { id, name, points } = fields(one, ['id', 'name', 'points'], ['id', 'name', 'points']);
    return {
      at: one,
      id: id?.whole(0, 1_000_000),
      name: name?.text() ?? '',
      points: points?.number({ to: most.points }),
    };
  });
  for (const what of ['id', 'points'] as const)
    findTwin(
      read.map((level) => level[what]),
      (index, first) => read[index]!.at.mistake(`has the same ${what} as ${read[first]!.at.path}`),
    );
  return read.map(({ id = 0, name, points = 0 }) => ({ id, name, points })).sort((a, b) => a.points - b.points);
};

export const parseAds = (at: Place | undefined): Ad[] => {
  const entries = at ? namedEntries(at, most.ads) : [];
  const ads = entries.map(([id, inside]) => {
    const { serveToken, autoActivated, content } = fields(
      inside,
      ['serveToken', 'autoActivated', 'content'],
      ['serveToken'],
    );
    if (content && !content.isObject()) content.mistake('must be an object');
    return {
      id,
      serveToken: serveToken?.text() ?? '',
      autoActivated: autoActivated?.flag() ?? false,
      content: (content?.isObject() ? content.value : {}) as Payload,
    };
  });
  findTwin(
    ads.map(({ serveToken }) => serveToken || undefined),
    (index, first) => entries[index]![1].mistake(`has the same serveToken as ${entries[first]![1].path}`),
  );
  return ads;
};
