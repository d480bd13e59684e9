/**
 * The collector's own address as the client of a request knows it: as configured, or as the request itself says.
 */
import type { FastifyRequest } from 'fastify';

export type OwnAddress = (request: Pick<FastifyRequest, 'protocol' | 'host'>) => string;

export const ownAddress =
  (publicUrl: string | null): OwnAddress =>
  ({ protocol, host }) =>
    publicUrl ?? `${protocol}://${host}`;
