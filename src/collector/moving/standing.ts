/**
 * A submission of what stood in another store: there was a request once, of which the store kept no more than this.
 */
import type { Submission } from '../store/event-log.ts';
import type { Stood } from '../store/stood.ts';

export const standing = (label: string, of: Partial<Submission>, stood: Partial<Stood>): Submission => ({
  label,
  request_id: '',
  received_at: 0,
  device_id: null,
  events: [],
  rejected: [],
  losses: [],
  pages: [],
  lost: [],
  arrived: [],
  weight: 0,
  ...of,
  stood: { cursors: [], pages: [], losses: [], shapes: [], minutes: [], ...stood },
});
