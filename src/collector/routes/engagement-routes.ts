/**
 * What an operator does to one customer or visitor by hand: sends an engagement or a push, sets tags.
 */
import type { Engagements } from '../engagement/engagements.ts';
import { placesOf } from '../engagement/places.ts';
import type { Markers } from '../markers.ts';
import { readNotice } from '../push/notice.ts';
import type { PushSender } from '../push/push-sender.ts';
import * as schemas from '../schemas/engagement.ts';
import type { AdminNeeds } from './admin-key.ts';
import { adminRoute } from './admin-route.ts';
import { bodyOf, type Route } from './route.ts';
import { type AddressedAs, asCustomer, asVisitor } from './whom.ts';

export interface EngagementNeeds extends AdminNeeds {
  engagements: Engagements;
  markers: Markers;
  pushes: PushSender;
  /** The collector's own origins, complete once it listens. */
  ownOrigins: ReadonlySet<string>;
  now: () => number;
}

export const engagementRoutes = ({
  engagements,
  markers,
  pushes,
  ownOrigins,
  now,
  ...keys
}: EngagementNeeds): Route[] => {
  const admin = adminRoute(keys);
  /** What may be sent to whoever has an address. */
  const sendingTo = ({ url, noun, whom }: AddressedAs): Route[] => [
    admin(
      {
        at: `POST ${url}/engagements`,
        summary: `Sends a popup, an inbox message or a deep link to a ${noun}; 200 where this id was sent before`,
        tag: 'customers',
        body: schemas.engagementRequest,
        ok: schemas.engagementSent,
        created: schemas.engagementSent,
      },
      async (label, request, reply) => {
        const { is, ...sent } = await engagements.send(label, whom(request, label), bodyOf(request));
        return reply.code(is === 'sent' ? 201 : 200).send(sent);
      },
    ),
    admin(
      {
        at: `POST ${url}/push`,
        summary: `Sends a notification to the browsers of a ${noun} that asked for them`,
        tag: 'customers',
        body: schemas.notice,
        ok: schemas.pushReport,
      },
      (label, request) => {
        // A notification comes from the label's own site.
        const places = placesOf(label, new Set([...ownOrigins, ...label.origins]));
        return pushes.send(label, whom(request, label), readNotice(bodyOf(request), places, now()));
      },
    ),
  ];

  return [
    ...sendingTo(asCustomer),
    ...sendingTo(asVisitor),
    admin(
      {
        at: 'POST /v1/engagements/preview',
        summary: 'What would become of an engagement: its mistakes, and what is taken out of its HTML',
        tag: 'customers',
        body: schemas.engagementRequest,
        ok: schemas.engagementPreview,
      },
      (label, request) => engagements.preview(label, bodyOf(request)),
    ),
    admin(
      {
        at: `POST ${asCustomer.url}/tags`,
        summary: 'Changes the tags of a customer',
        tag: 'customers',
        body: schemas.tagChange,
        ok: schemas.tagged,
      },
      (label, request) => {
        const { user_ext_id: user } = request.params as { user_ext_id: string };
        return markers.change(label, { ...asCustomer.whom(request, label), user }, bodyOf(request), request.id);
      },
    ),
  ];
};
