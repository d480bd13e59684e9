/**
 * Token buckets, counted in events: how much one label, and one address within it, may send. Pure: time comes as an
 * argument. Bounded: the buckets used longest ago are forgotten first, and a forgotten bucket is a full one. Each collector
 * counts what comes to it: behind a load balancer over n of them a label may send n times as much.
 */
import type { Rate } from './config/config.ts';

export type Allowance = { ok: true } | { ok: false; waitSeconds: number };

export interface Rates {
  /** Takes `events` of a bucket, or tells when there will be enough. */
  take(bucket: string, rate: Rate, events: number, now: number): Allowance;
  /** Gives back what was taken for a request that another bucket refused. */
  giveBack(bucket: string, rate: Rate, events: number): void;
}

interface Bucket {
  tokens: number;
  at: number;
}

const MOST_BUCKETS = 50_000;

export const createRates = (mostBuckets = MOST_BUCKETS): Rates => {
  const buckets = new Map<string, Bucket>();
  return {
    take(name, { perSecond, burst }, events, now) {
      const known = buckets.get(name);
      const bucket = known ?? { tokens: burst, at: now };
      if (known) buckets.delete(name);
      else if (buckets.size >= mostBuckets) buckets.delete(buckets.keys().next().value!);
      buckets.set(name, bucket);
      bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
      bucket.at = now;
      // A batch larger than the bucket passes when the bucket is full, and leaves it in debt: it would never pass otherwise.
      const needed = Math.min(events, burst);
      if (bucket.tokens < needed) return { ok: false, waitSeconds: (needed - bucket.tokens) / perSecond };
      bucket.tokens -= events;
      return { ok: true };
    },
    giveBack(name, { burst }, events) {
      const bucket = buckets.get(name);
      if (bucket) bucket.tokens = Math.min(burst, bucket.tokens + events);
    },
  };
};
