/**
 * Whether anybody still waits for the answer to a request: who left needs no more work done for them.
 */
import type { FastifyReply } from 'fastify';

export const isWantedBy =
  (reply: FastifyReply): (() => boolean) =>
  () =>
    !reply.raw.destroyed;
