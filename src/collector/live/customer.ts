/**
 * The customer that is looked at: found by id, asked for again when one of their events arrives, marked with tags.
 */
import { writeAddress } from './admin-key.ts';
import { Refused } from './ask.ts';
import { factsOf, historyOf, propsOf } from './customer-tables.ts';
import { byId, element } from './draw.ts';
import type { ReadApi } from './read-api.ts';
import type { Customer, StoredEvent, TagOperation } from './shapes.ts';

interface CustomerNeeds {
  api: Pick<ReadApi, 'customer' | 'tag'>;
  onProblem(problem: unknown): void;
}

export interface CustomerPanel {
  /** Shows this customer; the tab is whoever calls' to open. */
  open(user: string): void;
  /** Who is shown. */
  shown(): string | null;
  /** Something of this customer may have changed. */
  changed(event?: StoredEvent): void;
}

/** A busy customer must not be asked for at every event. */
const BETWEEN = 1_000;

export const createCustomerPanel = ({ api, onProblem }: CustomerNeeds): CustomerPanel => {
  const found = byId('customer-found');
  const field = byId<HTMLInputElement>('customer-id');
  const missing = byId('customer-missing');
  const newTag = byId<HTMLInputElement>('tag');
  let shown: string | null = null;
  let asked = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const tagOf = (tag: string): HTMLLIElement => {
    const remove = element('button', { type: 'button', class: 'quiet', 'aria-label': `Remove ${tag}` }, '×');
    remove.addEventListener('click', () => void changeTags('remove', tag).catch(onProblem));
    return element('li', {}, tag, remove);
  };
  const drawTags = (tags: string[]): void =>
    byId('tags').replaceChildren(...(tags.length ? tags.map(tagOf) : [element('li', { class: 'none' }, 'no tags')]));
  const changeTags = async (operation: TagOperation, tag: string): Promise<void> => {
    if (shown === null) return;
    const user = shown;
    const { tags } = await api.tag(user, operation, [tag]);
    if (shown === user) drawTags(tags);
  };

  const draw = (customer: Customer): void => {
    byId('customer-title').textContent = customer.props.public_username ?? customer.user_ext_id;
    drawTags(customer.tags);
    byId('customer-facts').replaceChildren(factsOf(customer), propsOf(customer));
    byId('customer-content').replaceChildren(...historyOf(customer));
  };

  const ask = async (user: string): Promise<void> => {
    const question = ++asked;
    try {
      const customer = await api.customer(user);
      if (question !== asked) return;
      draw(customer);
      missing.textContent = '';
    } catch (problem) {
      if (!(problem instanceof Refused) || problem.code !== 'not_found') throw problem;
      if (question !== asked) return;
      // They can be sent something all the same.
      byId('customer-title').textContent = user;
      drawTags([]);
      byId('customer-facts').replaceChildren();
      byId('customer-content').replaceChildren();
      missing.textContent = 'Nothing is known of this customer yet. What you send waits for their first visit.';
    }
    found.hidden = false;
  };

  const open = (user: string): void => {
    shown = user;
    clearTimeout(waiting);
    waiting = undefined;
    field.value = user;
    writeAddress({ customer: user });
    void ask(user).catch(onProblem);
  };
  byId('find').addEventListener('submit', (submit) => {
    submit.preventDefault();
    const user = field.value.trim();
    if (user !== '') open(user);
  });
  byId('tag-form').addEventListener('submit', (submit) => {
    submit.preventDefault();
    const tag = newTag.value.trim();
    newTag.value = '';
    if (tag !== '') void changeTags('add', tag).catch(onProblem);
  });

  return {
    open,
    shown: () => shown,
    changed: (event) => {
      if (shown === null || waiting !== undefined || (event && event.user_ext_id !== shown)) return;
      waiting = setTimeout(() => {
        waiting = undefined;
        if (shown !== null) void ask(shown).catch(onProblem);
      }, BETWEEN);
    },
  };
};
