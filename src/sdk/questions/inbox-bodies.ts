/**
 * What the messages of the inbox say: as a list brought it, or fetched by its id. The newest are kept in memory, for as
 * long as the customer stays the same.
 */
import type { InboxBody } from '../../wire/protocol.ts';
import type { InboxMessageBody } from '../customer-api.ts';
import { smarticoError, type Tell } from '../notice.ts';
import type { Platform } from '../platform.ts';

const KEPT = 50;

export interface Bodies {
  keep(guid: string, body: InboxBody): void;
  read(guid: string): Promise<InboxMessageBody>;
  forget(): void;
}

/** HTML and buttons belong to a message that opens in the inbox; every other one has a single link, its action. */
export const bodyOf = (wire: InboxBody): InboxMessageBody => ({
  title: wire.title,
  preview_body: wire.body,
  icon: wire.image,
  action: wire.action,
  ...(wire.action === 'dp:inbox' && {
    html_body: wire.html_body,
    buttons: wire.additional_buttons.map(({ inbox_cta_text, action }) => ({ text: inbox_cta_text, action })),
  }),
  custom_data: wire.custom_data,
});

/** @param place where they are fetched: the address before a message's id and `.json` */
export const createBodies = ({ root }: Pick<Platform, 'root'>, place: () => Promise<string>, tell: Tell): Bodies => {
  let bodies = new Map<string, Promise<InboxMessageBody>>();

  const keep = (guid: string, body: Promise<InboxMessageBody>) => {
    const kept = bodies;
    kept.set(guid, body);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as string);
    body.catch(() => kept.delete(guid));
    return body;
  };
  const ask = async (guid: string): Promise<InboxMessageBody> => {
    const kept = bodies;
    const answer = await root
      .fetch(`${await place()}${encodeURIComponent(guid)}.json`, { credentials: 'omit', referrerPolicy: 'origin' })
      .then((response) => response.ok && response.json())
      .catch((cause) => tell('collector_unreachable', 'inbox message', cause));
    // Nothing of the customer before is said to the one of now.
    if (answer && kept === bodies) return bodyOf(answer);
    throw smarticoError('not_available', `inbox message ${guid}`);
  };

  return {
    keep: (guid, body) => void keep(guid, Promise.resolve(bodyOf(body))),
    read: (guid) => bodies.get(guid) ?? keep(guid, ask(guid)),
    forget() {
      bodies = new Map();
    },
  };
};
