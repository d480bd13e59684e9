/**
 * The customer or visitor that is looked at: found by id, asked for again when one of their events arrives, marked with tags.
 */
import { writeAddress } from './admin-key.ts';
import { Refused } from './ask.ts';
import type { CampaignApi } from './campaign-api.ts';
import { createCustomerRecords } from './customer-records.ts';
import { factsOf, historyOf, missionsOf, propsOf } from './customer-tables.ts';
import { byId, element, note } from './draw.ts';
import type { ReadApi } from './read-api.ts';
import type { SentTable } from './sent-table.ts';
import type { Customer, StoredEvent, TagOperation } from './shapes.ts';
import { isSame, nameOf, type Whose, whoseOf } from './whose.ts';

interface CustomerNeeds {
  api: Pick<ReadApi, 'customer' | 'tag' | 'erase' | 'exported'>;
  campaigns: Pick<CampaignApi, 'sentTo'>;
  sent: SentTable;
  onProblem(problem: unknown): void;
}

export interface CustomerPanel {
  /** Shows them; the tab is whoever calls' to open. */
  open(whose: Whose): void;
  /** Who is shown. */
  shown(): Whose | null;
  /** Something of them may have changed. */
  changed(event?: StoredEvent): void;
}

/** A busy customer must not be asked for at every event. */
const BETWEEN = 1_000;

export const createCustomerPanel = ({ api, campaigns, sent, onProblem }: CustomerNeeds): CustomerPanel => {
  const found = byId('customer-found');
  const kind = byId<HTMLSelectElement>('customer-kind');
  const field = byId<HTMLInputElement>('customer-id');
  const missing = byId('customer-missing');
  const newTag = byId<HTMLInputElement>('tag');
  let shown: Whose | null = null;
  let asked = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const tagOf = (tag: string): HTMLLIElement => {
    const remove = element('button', { type: 'button', class: 'quiet', 'aria-label': `Remove ${tag}` }, '×');
    remove.addEventListener('click', () => void changeTags('remove', tag).catch(onProblem));
    // A visitor is marked by campaigns alone: a tag by hand is an event, which has a customer.
    return element('li', {}, tag, ...(shown && 'customer' in shown ? [remove] : []));
  };
  const drawTags = (tags: string[]): void =>
    byId('tags').replaceChildren(...(tags.length ? tags.map(tagOf) : [element('li', { class: 'none' }, 'no tags')]));
  const changeTags = async (operation: TagOperation, tag: string): Promise<void> => {
    if (!shown || !('customer' in shown)) return;
    const whose = shown;
    const { tags } = await api.tag(whose.customer, operation, [tag]);
    if (isSame(shown, whose)) drawTags(tags);
  };

  const campaignsOf = async (whose: Whose): Promise<Node[]> => {
    const { deliveries } = await campaigns.sentTo(whose);
    const what = deliveries.length
      ? sent.of('What campaigns did for them', deliveries, 'campaign')
      : note('No campaign has begun for them.');
    return [element('h3', {}, 'Campaigns'), what];
  };
  const draw = (whose: Whose, customer: Customer, ofCampaigns: Node[]): void => {
    byId('customer-title').textContent = customer.props.public_username ?? nameOf(whose);
    byId('tag-form').hidden = 'visitor' in whose;
    drawTags(customer.tags);
    byId('customer-facts').replaceChildren(factsOf(customer), ...missionsOf(customer), propsOf(customer));
    byId('customer-content').replaceChildren(...ofCampaigns, ...historyOf(customer));
  };
  const drawNobody = (whose: Whose): void => {
    byId('customer-title').textContent = nameOf(whose);
    drawTags([]);
    byId('customer-facts').replaceChildren();
    byId('customer-content').replaceChildren();
    missing.textContent = 'Nothing is known of them yet. What you send waits for their first visit.';
  };

  const ask = async (whose: Whose): Promise<void> => {
    const question = ++asked;
    try {
      const [customer, ofCampaigns] = await Promise.all([api.customer(whose), campaignsOf(whose)]);
      if (question !== asked) return;
      draw(whose, customer, ofCampaigns);
      missing.textContent = '';
    } catch (problem) {
      if (!(problem instanceof Refused) || problem.code !== 'not_found') throw problem;
      if (question !== asked) return;
      // They can be sent something all the same.
      drawNobody(whose);
    }
    found.hidden = false;
  };

  const open = (whose: Whose): void => {
    shown = whose;
    clearTimeout(waiting);
    waiting = undefined;
    kind.value = 'customer' in whose ? 'customer' : 'visitor';
    field.value = 'customer' in whose ? whose.customer : whose.visitor;
    writeAddress(whose);
    void ask(whose).catch(onProblem);
  };
  byId('find').addEventListener('submit', (submit) => {
    submit.preventDefault();
    const id = field.value.trim();
    if (id !== '') open(kind.value === 'visitor' ? { visitor: id } : { customer: id });
  });
  byId('tag-form').addEventListener('submit', (submit) => {
    submit.preventDefault();
    const tag = newTag.value.trim();
    newTag.value = '';
    if (tag !== '') void changeTags('add', tag).catch(onProblem);
  });
  createCustomerRecords({ api, shown: () => shown, onErased: (whose) => open(whose), onProblem });

  return {
    open,
    shown: () => shown,
    changed: (event) => {
      if (shown === null || waiting !== undefined || (event && !isSame(whoseOf(event), shown))) return;
      waiting = setTimeout(() => {
        waiting = undefined;
        if (shown !== null) void ask(shown).catch(onProblem);
      }, BETWEEN);
    },
  };
};
