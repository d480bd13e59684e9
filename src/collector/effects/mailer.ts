/**
 * How e-mails leave: by the label's mail server, over connections that are kept, or as files where it names none.
 */
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Label } from '../config/config.ts';
import type { Places } from '../engagement/safe-link.ts';
import { type EmailWords, emailMade } from './email.ts';
import type { MessageFiles } from './message-files.ts';
import type { Outgoing } from './outbound.ts';
import { emailOf } from './recipient.ts';
import { again, failed, noAddress, type Sending, sent } from './sending.ts';
import type { UnsubscribeLinks } from './unsubscribe-links.ts';

export interface MailerNeeds {
  files: Pick<MessageFiles, 'write'>;
  unsubscribeLinks: UnsubscribeLinks;
  /** Where links and pictures of a label's e-mails may lead. */
  placesOf(label: Label): Places;
  now: () => number;
}

export interface Mailer {
  send(outgoing: Outgoing): Promise<Sending>;
  close(): void;
}

/** A server that trickles is never silent. */
const SLOWEST = 60_000;
const CONNECTING = 10_000;
const CONNECTIONS = 5;

const serverAt = (url: string) =>
  createTransport({ url, pool: true, maxConnections: CONNECTIONS, connectionTimeout: CONNECTING });
type Server = ReturnType<typeof serverAt>;

const asFile = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

interface Refusal extends Error {
  /** `EENVELOPE` and `EMESSAGE`: the server said no to this message; others are about the way to it. */
  code?: string;
  permanent?: boolean;
}
const meaning = ({ code, permanent, message }: Refusal): Sending =>
  permanent === true && (code === 'EENVELOPE' || code === 'EMESSAGE') ? failed(message) : again(message);

export const createMailer = ({ files, unsubscribeLinks, placesOf, now }: MailerNeeds): Mailer => {
  /** By label. */
  const servers = new Map<string, { url: string; server: Server }>();
  const serverOf = (label: string, url: string): Server => {
    const known = servers.get(label);
    if (known?.url === url) return known.server;
    // The config names another one by now.
    known?.server.close();
    const server = serverAt(url);
    servers.set(label, { url, server });
    return server;
  };

  const bySmtp = async (server: Server, email: SendMailOptions): Promise<Sending> => {
    try {
      const { response } = await server.sendMail({ ...email, signal: AbortSignal.timeout(SLOWEST) });
      return sent(response);
    } catch (cause) {
      return meaning(cause as Refusal);
    }
  };

  return {
    async send({ label, customer, item, words }) {
      const { email, recipientTrust } = label.messages;
      const recipient = emailOf(customer.state, recipientTrust);
      if (recipient.is === 'unknown') return noAddress(recipient.why);
      const { uid, transactional } = item;
      const unsubscribeUrl = unsubscribeLinks.urlOf({ label: label.name, customer: customer.key, channel: 'email' });
      const envelope = { uid, from: email.from, to: recipient.address, date: now(), unsubscribeUrl, transactional };
      const made = emailMade(words as EmailWords, envelope, placesOf(label));
      if (email.smtp !== null) return bySmtp(serverOf(label.name, email.smtp), made);
      const { message } = await asFile.sendMail(made);
      const place = await files.write('mail', label.name, uid, message as Buffer);
      return sent(`written to ${place}: the label has no mail server`);
    },
    close() {
      for (const { server } of servers.values()) server.close();
      servers.clear();
    },
  };
};
