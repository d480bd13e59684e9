/**
 * Tags that an operator sets by hand: an event in the log like any other, so that the customer's timeline tells who was
 * marked when, and whatever follows events follows this one too.
 */
import type { Envelope } from '../wire/event.ts';
import { changedTags, TAG_LENGTH, type TagOperation, tagOperations, tagsIn } from '../wire/tags.ts';
import { admit } from './admit.ts';
import type { Label } from './config/config.ts';
import { fields, type Mistake, place } from './config/place.ts';
import type { Customers } from './customers.ts';
import type { Customer } from './engine/customer-key.ts';
import { ownEvent } from './own-event.ts';
import { Refusal, refuseMistakes } from './refusal.ts';
import type { Receipt, Submission } from './store/event-log.ts';

export interface Marked {
  eid: string;
  /** The customer's tags with this change. */
  tags: string[];
}

export interface Markers {
  change(label: Label, customer: Customer & { user: string }, request: unknown, requestId: string): Promise<Marked>;
}

export interface MarkersNeeds {
  customers: Pick<Customers, 'read'>;
  submit: (submission: Submission) => Promise<Receipt[]>;
  newEid: () => string;
  now: () => number;
}

const MOST_TAGS = 100;

const readChange = (request: unknown): { operation: TagOperation; tags: string[] } => {
  const mistakes: Mistake[] = [];
  const known = fields(place(request, '', mistakes), ['operation', 'tags'], ['operation']);
  const operation = known.operation?.oneOf(tagOperations) ?? 'clear';
  const given = known.tags?.list() ?? [];
  for (const tag of given) if (tag.text().length > TAG_LENGTH) tag.mistake(`is longer than ${TAG_LENGTH} characters`);
  if (given.length > MOST_TAGS) known.tags?.mistake(`has more than ${MOST_TAGS} tags`);
  const tags = tagsIn(given.map(({ value }) => value));
  if (mistakes.length === 0 && operation !== 'clear' && tags.length === 0)
    mistakes.push({ path: 'tags', reason: 'must name at least one tag' });
  if (mistakes.length > 0) throw refuseMistakes('bad_request', mistakes);
  return { operation, tags };
};

export const createMarkers = ({ customers, submit, newEid, now }: MarkersNeeds): Markers => ({
  async change(label, customer, request, request_id) {
    const { operation, tags } = readChange(request);
    const event: Envelope = {
      eid: newEid(),
      event_date: now(),
      ext_brand_id: null,
      user_ext_id: customer.user,
      event_type: 'core_public_tags_update',
      payload: { operation, tags },
    };
    const admission = admit(event, 0, label, { by: 'secret key' }, now());
    if (!admission.ok) throw new Refusal('bad_request', admission.message);
    await submit(ownEvent(label.name, request_id, now(), admission.event));
    // Whether the event is in the state by now or not: the same change made twice is the change.
    const { tags: before } = await customers.read(label, customer);
    return { eid: event.eid, tags: changedTags(before, operation, tags) };
  },
});
