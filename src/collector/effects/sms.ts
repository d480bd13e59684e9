/**
 * A text message: to the operator's gateway, signed; a file where there is none.
 */
import type { MessageFiles } from './message-files.ts';
import type { Outgoing } from './outbound.ts';
import type { Outward } from './outward.ts';
import { phoneOf } from './recipient.ts';
import { noAddress, type Sending, sent } from './sending.ts';
import { signedPost } from './signed-post.ts';

export interface SmsWords {
  text: string;
}

export interface SmsNeeds {
  outward: Outward;
  files: Pick<MessageFiles, 'write'>;
  now: () => number;
}

export const sendSms = async (
  { label, customer, item: { uid }, words }: Outgoing,
  needs: SmsNeeds,
): Promise<Sending> => {
  const recipient = phoneOf(customer.state, label.messages.recipientTrust);
  if (recipient.is === 'unknown') return noAddress(recipient.why);
  const { text } = words as SmsWords;
  const gateway = label.messages.sms;
  if (gateway === null) {
    const place = await needs.files.write('sms', label.name, uid, `To: ${recipient.address}\n\n${text}\n`);
    return sent(`written to ${place}: the label has no gateway for SMS`);
  }
  return signedPost(needs.outward, { ...gateway, id: uid, body: { to: recipient.address, text, uid } }, needs.now());
};
