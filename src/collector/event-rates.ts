/**
 * How many events one label, and one address within it, may bring at once; a message of the protocol counts as one.
 */
import type { Label } from './config/config.ts';
import { bucketOfAddress } from './network-address.ts';
import type { Rates } from './rates.ts';
import { Refusal, retryAfter } from './refusal.ts';

/** Refuses `rate_limited` with the time to wait; what is refused takes nothing. */
export type CheckRate = (label: Label, address: string, events: number) => void;

export const eventRates =
  (rates: Rates, now: () => number, random: () => number): CheckRate =>
  (label, address, events) => {
    const at = now();
    const ofLabel = `label ${label.name}`;
    const ofAddress = `address ${bucketOfAddress(address)} ${label.name}`;
    const byLabel = rates.take(ofLabel, label.rates.label, events, at);
    const byAddress = byLabel.ok ? rates.take(ofAddress, label.rates.address, events, at) : byLabel;
    if (byAddress.ok) return;
    if (byLabel.ok) rates.giveBack(ofLabel, label.rates.label, events);
    const whose = byLabel.ok ? 'this address' : 'this label';
    throw new Refusal(
      'rate_limited',
      `${whose} sends more events than it may; try again later`,
      retryAfter(byAddress.waitSeconds, random),
    );
  };
