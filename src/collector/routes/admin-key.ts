/**
 * The label that a request's admin key is for. Such a key reads and sends everything, so no other site's page may use one.
 */
import type { FastifyRequest } from 'fastify';
import type { Label } from '../config/config.ts';
import type { Labels } from '../labels.ts';
import type { Origins } from '../origins.ts';

export interface AdminNeeds {
  labels: Labels;
  origins: Origins;
}

/** Refuses `unknown_key` and `key_not_for_browsers`. */
export const labelOfAdmin =
  ({ labels, origins }: AdminNeeds) =>
  (request: FastifyRequest): Label => {
    const label = labels.byAdminKey(request.headers.authorization);
    origins.checkPrivateKey(request.headers.origin);
    return label;
  };
