/**
 * A campaign's notification: one message, to every browser of the customer that asked for them.
 */
import type { Notice, PushSender } from '../push/push-sender.ts';
import type { Outgoing } from './outbound.ts';
import { again, noAddress, type Sending, sent } from './sending.ts';

/** Where one browser got it the customer did: another try would show it there twice. */
export const sendPush = async ({ label, customer, words }: Outgoing, pushes: PushSender): Promise<Sending> => {
  const report = await pushes.send(label, customer, words as Notice);
  if (report.sent > 0) return sent(`to ${report.sent} ${report.sent === 1 ? 'browser' : 'browsers'}`);
  const [failure] = report.failed;
  if (failure) return again(`${failure.endpoint_host}: ${failure.why}`);
  return noAddress(report.gone > 0 ? 'every subscription has ended' : 'no browser of theirs takes notifications');
};
