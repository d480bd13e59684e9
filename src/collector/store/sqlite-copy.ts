/**
 * The tables of a log as a copy of a stream: what was said and ordered there is applied step by step, in its order, and how
 * far is in the same transaction. The same steps make the same copy, however many share a transaction. Beside the log it
 * keeps what an erasure must find in the stream: in which messages a customer is mentioned.
 */
import { type CopyStep, firstCursor, placeOf, type StepResult, type Taking } from './copy-step.ts';
import type { Cursor, Erasable, NewEvent, Outcome, Submission } from './event-log.ts';
import { eventRemoval } from './event-removal.ts';
import type { Sqlite } from './sqlite-file.ts';
import type { sqliteStoring } from './sqlite-storing.ts';
import { toColumn } from './text-column.ts';

type StepOf<Is extends CopyStep['is']> = Extract<CopyStep, { is: Is }>;

/** Events of one slice of an order: those who store wait for it. */
const SLICE = 500;

const ofUser = (user: string): string => `u${toColumn(user)}`;
const ofVisitor = (device: string): string => `v${device}`;
const whoIn = ({ user_ext_id, system }: NewEvent, device: string | null): string | undefined => {
  if (user_ext_id !== null) return ofUser(user_ext_id);
  return device === null || system ? undefined : ofVisitor(device);
};

export const sqliteCopy = (db: Sqlite, storing: ReturnType<typeof sqliteStoring>) => {
  const reach = db.prepare('UPDATE copy SET place = ?, taken = 0');
  const takenSoFar = db.prepare<[], { taken: number }>('SELECT taken FROM copy');
  const takeMore = db.prepare('UPDATE copy SET taken = taken + ?');
  const mention = db.prepare('INSERT OR IGNORE INTO mention (label, who, place) VALUES (?, ?, ?)');
  // The index folds ASCII letters; where case counts it leads to a few that are compared.
  const mentionsOf = db.prepare<[number, string, string, number], { who: string; place: number }>(
    'SELECT who, place FROM mention WHERE label = ? AND who = ? AND (who = ? COLLATE BINARY OR ?)',
  );
  const removeMention = db.prepare('DELETE FROM mention WHERE label = ? AND who = ? AND place = ?');
  const removeMentions = db.prepare('DELETE FROM mention WHERE label = ? AND place < ?');
  const addStood = db.prepare('INSERT INTO stood_at (label, upto, place) VALUES (?, ?, ?)');
  const stoodAt = db.prepare<[number, Cursor], { place: number }>(
    'SELECT place FROM stood_at WHERE label = ? AND upto >= ? ORDER BY upto LIMIT 1',
  );
  const addBlank = db.prepare('INSERT OR IGNORE INTO blank (erased, seq) VALUES (?, ?)');
  const blanksOf = db.prepare<[number], { seq: Cursor }>('SELECT seq FROM blank WHERE erased = ?');
  const removeBlanks = db.prepare('DELETE FROM blank WHERE erased = ?');
  const addUnclean = db.prepare('INSERT OR IGNORE INTO unclean (erased, place, label, whose) VALUES (?, ?, ?, ?)');
  const removeUnclean = db.prepare('DELETE FROM unclean WHERE erased = ? AND place = ?');

  const justTaken: Cursor[] = [];
  const removal = eventRemoval(db, storing.timelines, (seq) => justTaken.push(seq));

  /** Who is in the message without a row that says so. */
  const keepMentions = (label: number, place: number, { device_id, events, rejected }: Submission, of: Outcome[]) => {
    for (const [n, event] of events.entries()) {
      const who = typeof of[n] === 'number' ? undefined : whoIn(event, device_id);
      if (who !== undefined) mention.run(label, who, place);
    }
    for (const { user_ext_id } of rejected) if (user_ext_id !== null) mention.run(label, ofUser(user_ext_id), place);
  };

  const said = ({ place, group, blanks }: StepOf<'said'>): Outcome[][] => {
    let next = firstCursor(place);
    const outcomes = group.map((submission) => {
      const ofThis = storing.storeSubmission(submission, () => next++);
      const label = storing.labelId(submission.label);
      keepMentions(label, place, submission, ofThis);
      const last = submission.stood?.cursors.at(-1);
      if (last !== undefined) addStood.run(label, last, place);
      return ofThis;
    });
    // Message by message: what is held until a transaction ends would count otherwise where fewer share one.
    storing.keep();
    for (const [n, erased] of blanks) addBlank.run(erased, firstCursor(place) + n);
    reach.run(place);
    return outcomes;
  };

  const placeIn = (label: number, cursor: Cursor): number => stoodAt.get(label, cursor)?.place ?? placeOf(cursor);

  const takeMentions = (label: number, whose: Erasable): number[] => {
    const who = 'user' in whose ? ofUser(whose.user) : ofVisitor(whose.visitor);
    const found = mentionsOf.all(label, who, who, 'user' in whose && whose.anyCase ? 1 : 0);
    for (const one of found) removeMention.run(label, one.who, one.place);
    return found.map(({ place }) => place);
  };

  const erase = ({ place: erased, label: name, whose }: StepOf<'erase'>): Taking => {
    const label = storing.labelId(name);
    justTaken.length = 0;
    const { events, more } = removal.erase(label, whose, SLICE, storing.newest());
    const places = new Set(justTaken.map((seq) => placeIn(label, seq)));
    if (!more) {
      for (const place of takeMentions(label, whose)) places.add(place);
      removal.takeAt(blanksOf.all(erased).map(({ seq }) => seq));
      removeBlanks.run(erased);
    }
    for (const place of places) addUnclean.run(erased, place, name, JSON.stringify(whose));
    takeMore.run(events);
    return { events: takenSoFar.get()!.taken, more, upTo: 0 };
  };

  const purge = ({ label: name, before, limit }: StepOf<'purge'>): Taking => {
    const label = storing.labelId(name);
    const left = limit - takenSoFar.get()!.taken;
    const removed = removal.purge(label, before, Math.min(SLICE, left), storing.newest());
    takeMore.run(removed.events);
    const more = removed.more && removed.events < left;
    const upTo = placeIn(label, removal.front(label));
    if (!removed.more) removeMentions.run(label, upTo);
    return { events: takenSoFar.get()!.taken, more, upTo: removed.more ? 0 : upTo };
  };

  const take = (step: CopyStep): StepResult => {
    switch (step.is) {
      case 'said':
        return said(step);
      case 'register':
        reach.run(step.place);
        return storing.register(storing.labelId(step.label), step.kind, step.name, step.fields);
      case 'unregister':
        reach.run(step.place);
        return storing.unregister(storing.labelId(step.label), step.kind, step.name);
      case 'erase':
        return erase(step);
      case 'purge':
        return purge(step);
      case 'reached':
        return void reach.run(step.place);
      case 'clean':
        return void removeUnclean.run(step.erased, step.place);
    }
  };

  return {
    take,
    /** After a transaction that failed. */
    forget: removal.forget,
  };
};
