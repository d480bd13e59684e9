/**
 * What a page frames or fetches of an engagement by its id: HTML as a document that can do nothing, a message as JSON.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Content, inboxBody, readContent } from '../engagement/content.ts';
import { contentPage } from '../engagement/content-page.ts';
import { contentPolicy } from '../engagement/framing.ts';
import type { Labels } from '../labels.ts';
import { Refusal } from '../refusal.ts';
import type { UserStore } from '../store/user-store.ts';
import type { Route } from './route.ts';

export interface ContentNeeds {
  labels: Labels;
  users: Pick<UserStore, 'content'>;
  ownOrigins: ReadonlySet<string>;
}

export const contentRoutes = ({ labels, users, ownOrigins }: ContentNeeds): Route[] => {
  const contentOf = async (labelKey: string, uid: string): Promise<Content> => {
    const text = await users.content(labels.byPublicKey(labelKey).name, uid);
    if (text === undefined) throw new Refusal('not_found', 'there is no engagement of this id');
    return readContent(text);
  };
  /**
   * It never changes; a customer's own device may keep it, a cache between need not. Any page may ask for it, and learns
   * whether it is there: the id is the secret.
   */
  const kept = (reply: FastifyReply): FastifyReply =>
    reply.header('cache-control', 'private, max-age=3600').header('access-control-allow-origin', '*');
  const params = (request: FastifyRequest): { label_key: string; uid: string } =>
    request.params as { label_key: string; uid: string };

  return [
    {
      method: 'GET',
      url: '/content/:label_key/:uid',
      audience: 'public',
      schema: { summary: "An engagement's HTML, to be framed", tags: ['page'] },
      async answer(request, reply) {
        const { label_key, uid } = params(request);
        const page = contentPage(await contentOf(label_key, uid));
        if (page === undefined) throw new Refusal('not_found', 'this engagement has no HTML');
        return kept(reply)
          .header('content-security-policy', contentPolicy(labels.byPublicKey(label_key), ownOrigins))
          .header('referrer-policy', 'no-referrer')
          .header('permissions-policy', 'camera=(), microphone=(), geolocation=()')
          .header('x-dns-prefetch-control', 'off')
          .type('text/html; charset=utf-8')
          .send(page);
      },
    },
    {
      method: 'GET',
      url: '/inbox/:label_key/:uid',
      audience: 'public',
      schema: { summary: 'A message of the inbox; its id with ".json"', tags: ['page'] },
      async answer(request, reply) {
        const { label_key, uid } = params(request);
        const content = uid.endsWith('.json') ? await contentOf(label_key, uid.slice(0, -'.json'.length)) : undefined;
        if (content?.kind !== 'inbox') throw new Refusal('not_found', 'there is no message at this address');
        return kept(reply).send(inboxBody(content));
      },
    },
  ];
};
