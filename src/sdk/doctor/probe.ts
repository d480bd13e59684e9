/**
 * Asks the collector for its word on an empty batch, on the way that events take; where no answer comes, finds out who stands
 * in between. Blockers are known by what they let through: they judge addresses, so another one on the same host answers,
 * while a dead host answers nowhere and a dead network not even to the page's own site.
 */
import { parseJson, stringify } from '../json.ts';
import type { Platform } from '../platform.ts';
import type { Probe } from './diagnosis.ts';
import { hearPolicy } from './policy.ts';

export interface Probed {
  probe: Probe;
  /** Seconds by which this device's clock is ahead. */
  ahead: number | null;
}

export interface ProbeNeeds extends Pick<Platform, 'root' | 'now' | 'random'> {
  /** The collector. */
  address: string;
  label: string;
  /** A publisher's endpoint takes no batches of ours: only whether it can be reached is asked. */
  publisher: boolean;
  /** Milliseconds for each of the two rounds. */
  patience: number;
}

/** Milliseconds after a failure in which the page's policy speaks up. */
const POLICY_SPEAKS = 50;
/** Browsers take an insecure collector on the visitor's own machine for secure. */
const OWN_MACHINE = /^http:..(([^/]+\.)?localhost|127\.|\[::1])/;

export const probeCollector = async (needs: ProbeNeeds): Promise<Probed> => {
  const { root, now, random, address, label, publisher, patience } = needs;
  const { location, performance } = root;
  const request = (to: string, options: RequestInit) =>
    root.fetch(to, {
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'origin',
      signal: AbortSignal.timeout?.(patience) ?? null,
      ...options,
    });
  const settled = () => new Promise((resolve) => setTimeout(resolve, POLICY_SPEAKS));
  /** Whether anything answers there; what it says may not be read. */
  const answers = (to: string, method: string) =>
    request(to, { mode: 'no-cors', method }).then(
      () => true,
      () => false, // that nobody answers is the answer
    );

  const batch_id = random();
  const judged = async (): Promise<Probed> => {
    const sent = now();
    const response = await request(`${address}/v1/events`, {
      method: 'POST',
      body: stringify({
        batch_id,
        label_key: label,
        device_id: 'the-doctor',
        sent_at: sent,
        hashes: {},
        losses: {},
        pages: [],
        events: [],
      }),
    });
    const here = (sent + now()) / 2;
    const { status, headers } = response;
    const said = Object(parseJson(await response.text()));
    // A date is cut to its second.
    const there = Date.parse(`${headers.get('date')}`) + 500;
    const ahead = there > 0 ? Math.round((here - there) / 1000) : null;
    if (said.batch_id === batch_id) return { probe: { is: 'taken' }, ahead };
    const { code, message } = said;
    if (code && status > 399) return { probe: { is: 'refused', status, code, message }, ahead };
    return { probe: { is: 'answered by a stranger', status, type: headers.get('content-type') }, ahead: null };
  };
  const reached = async (): Promise<Probed> => {
    await request(address, { mode: 'no-cors' });
    return { probe: { is: 'not asked' }, ahead: null };
  };

  /** No answer came, or none that the page may read. */
  const whoStandsBetween = async (directive: string, within: number): Promise<Probe> => {
    if (directive) return { is: 'blocked by policy', directive };
    if (location.protocol === 'https:' && /^http:/.test(address) && !OWN_MACHINE.test(address))
      return { is: 'mixed content' };
    const home = location.href;
    const ownPolicy = hearPolicy(root, home);
    const [atEvents, elsewhere, atHome] = await Promise.all([
      !publisher && answers(`${address}/v1/events`, 'POST'),
      answers(publisher ? new URL(address, home).origin : `${address}/healthz`, 'GET'),
      !/^http/.test(home) || answers(home, 'HEAD'),
    ]);
    await settled();
    ownPolicy.rest();
    if (atEvents) return { is: 'answered by a stranger', status: null, type: null };
    // Whoever blocks an address does it at once; a collector that is slow there is not blocked.
    if (elsewhere && within < patience / 2) return { is: 'blocked', within };
    return elsewhere || atHome || ownPolicy.directive() ? { is: 'unreachable', within } : { is: 'offline' };
  };

  const policy = hearPolicy(root, address);
  const began = performance.now();
  try {
    return await (publisher ? reached() : judged());
  } catch {
    // The browser gives every failure the same name; who it was is found out.
    const within = Math.round(performance.now() - began);
    await settled();
    return { probe: await whoStandsBetween(policy.directive(), within), ahead: null };
  } finally {
    policy.rest();
  }
};
