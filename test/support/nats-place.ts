/**
 * The servers that all files of a project of tests share, each with a world of its own on them: one, or for the whole
 * run (`CLUSTER=whole`) a cluster of three. Started before the first file and ended after the last.
 */
import type { TestProject } from 'vitest/node';
import { type NatsPlace, startNats } from './nats.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Only in a project whose files run on a cluster. */
    nats?: NatsPlace;
  }
}

export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  const { place, stop } = await startNats({ nodes: process.env.CLUSTER === 'whole' ? 3 : 1 });
  provide('nats', place);
  return stop;
};
