/** What an operator does to a customer from outside the page, with the admin key: sends, marks, looks. */
import type { StoredEvent } from '../../src/collector/live/shapes.ts';
import { until } from './until.ts';

/** The parts of `GET /v1/customers/:id` that tests look at. */
export interface SeenCustomer {
  tags: string[];
  props: { [name: string]: unknown };
  engagements: { uid: string; kind: string; status: string }[];
  timeline: StoredEvent[];
}

export interface Operator {
  /** Answers the engagement's id and how many open pages were told. */
  send(user: string, engagement: object): Promise<{ engagement_uid: string; delivered: number }>;
  popup(user: string, title: string, parts?: object): Promise<string>;
  message(user: string, title: string, parts?: object): Promise<string>;
  /** Resolves when they are the customer's. */
  tag(user: string, operation: string, tags?: string[]): Promise<void>;
  customer(user: string): Promise<SeenCustomer>;
}

/** @param about the collector's address and the label's admin key */
export const operatorOf = (about: () => { url: string; admin: string }): Operator => {
  const ask = async (method: string, path: string, body?: object) => {
    const { url, admin } = about();
    const response = await fetch(`${url}/v1/customers/${path}`, {
      method,
      headers: { authorization: `Bearer ${admin}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  };
  const send: Operator['send'] = (user, engagement) =>
    ask('POST', `${encodeURIComponent(user)}/engagements`, engagement) as ReturnType<Operator['send']>;
  const customer = (user: string) => ask('GET', encodeURIComponent(user)) as Promise<SeenCustomer>;
  return {
    send,
    popup: async (user, title, parts) => (await send(user, { kind: 'popup', title, ...parts })).engagement_uid,
    message: async (user, title, parts) =>
      (await send(user, { kind: 'inbox', title, body: `About ${title}`, ...parts })).engagement_uid,
    async tag(user, operation, tags = []) {
      const change = await ask('POST', `${encodeURIComponent(user)}/tags`, { operation, tags });
      const { tags: after } = change as Pick<SeenCustomer, 'tags'>;
      // The change is an event, and is folded after its commit.
      await until(async () => `${(await customer(user)).tags}` === `${after}`);
    },
    customer,
  };
};
