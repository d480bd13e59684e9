/**
 * Every customer of a label held against the definitions as they are now: segments are entered and left by a change of their
 * rules, and nobody's campaigns begin over it. Goes over all customers after a start and after each change, in slices that
 * give way; whoever does something meanwhile is reviewed with that.
 */
import type { UserStore } from '../store/user-store.ts';
import { type Chore, createChore } from './chore.ts';
import type { Pace } from './pace.ts';
import type { Step } from './step.ts';

export interface ReviewNeeds {
  label: string;
  users: Pick<UserStore, 'list'>;
  /** Of the definitions in force. */
  digest: () => string;
  step: Step;
  pace: Pace;
  now: () => number;
  failed: (cause: unknown) => void;
}

const SLICE = 200;

export const createReview = ({ label, users, digest, step, pace, now, failed }: ReviewNeeds): Chore =>
  createChore(async (goesOn) => {
    let wanted = digest();
    for (let next: string | null | undefined; next !== null && goesOn(); ) {
      const page = await users.list(label, next, SLICE);
      const stale = page.customers.filter(({ state }) => state.reviewed !== wanted);
      const happenings = stale.map(({ customer, version, state }) => ({
        customer: { key: customer, user: state.user },
        at: now(),
        what: { is: 'review' as const },
        stored: { version, state },
      }));
      if (happenings.length > 0) await step(happenings);
      await pace.rest();
      next = page.next;
      // They changed again: from the beginning.
      if (digest() !== wanted) {
        wanted = digest();
        next = undefined;
      }
    }
  }, failed);
