/**
 * The numbers of pages as the log hears of them in SQLite: from events that come, and from what a device says beside them.
 */
import type { PageCount } from '../../wire/event.ts';
import type { Submission } from './event-log.ts';
import { lose, reach, refuse, type store } from './page-sequence.ts';
import type { Ground } from './sqlite-ground.ts';
import type { Page, sqlitePages } from './sqlite-pages.ts';
import type { sqliteTally } from './sqlite-tally.ts';

export const sqliteNumbers = (pages: ReturnType<typeof sqlitePages>, tally: ReturnType<typeof sqliteTally>) => ({
  /** The event's number has come. */
  came(submission: Submission, label: number, { event, visit }: Ground, as: typeof store): void {
    const { device_id, received_at } = submission;
    const { session_id, seq } = event;
    if (!visit || device_id === null || session_id === null || seq === null) return;
    const reason = as(visit.page, session_id, seq);
    if (reason) tally.numbered(label, device_id, reason, -1, received_at);
    pages.touch(visit.page, session_id, received_at);
  },
  /** What the device says beside its events. */
  hear(submission: Submission, label: number, device: string): void {
    const at = submission.received_at;
    const onPage = ({ page_id, session_id }: Omit<PageCount, 'seq'>, hear: (page: Page) => void): void => {
      const page = pages.claim(label, device, page_id, session_id);
      if (!page) return;
      hear(page);
      pages.touch(page, session_id, at);
    };
    for (const one of submission.arrived)
      onPage(one, (page) => {
        const reason = refuse(page, one.session_id, one.seq);
        if (reason) tally.numbered(label, device, reason, -1, at);
      });
    for (const one of submission.pages) onPage(one, (page) => reach(page, one.session_id, one.seq, one.from));
    for (const one of submission.lost)
      onPage(one, (page) => {
        const { session_id, from, to, reason } = one;
        tally.numbered(label, device, reason, lose(page, session_id, [from, to, reason]), at);
      });
    tally.losses(label, submission);
  },
});
