/**
 * Requests made before the clock starts, whose ids, dates and counters are written over in place: what remains to be done
 * while measuring is a few bytes an event, so the client leaves the core to the server.
 */
import { createHash, randomBytes } from 'node:crypto';
import { eventIds } from '../../src/wire/ids.ts';

export interface Sender {
  host: string;
  labelKey: string;
  brand: string;
  /** Every second user brings a hash made with it. */
  salt: string;
  /** Events in one request. */
  batch: number;
  /** Every so many events one of these actions instead of the usual ones. */
  touching?: { every: number; actions: string[] };
}

/** Requests that one connection sends in turn. */
export const templatesOf = ({ touching, batch }: Sender): number =>
  Math.max(4, touching ? Math.ceil(touching.every / batch) : 0);

export interface PreparedRequest {
  bytes: Buffer;
  /** The batch id that the answer has to echo. */
  stamp(): string;
  /** Of the events that were stamped last. */
  eids(): string[];
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-';
const pool = Array.from(randomBytes(65_532), (byte) => alphabet[byte & 63]).join('');
let drawn = 0;
const random = (length: number): string => {
  drawn = (drawn + length) % (pool.length - length);
  return pool.slice(drawn, drawn + length);
};

const actions = ['CashierSubmitClicked', 'GAME_TILE_CLICKED', 'PIGGY-BANK-CLICK', 'reset_password', 'deposit_opened'];
const hashOf = (id: string, salt: string): string => {
  const validity = Date.now() + 86_400_000;
  return `${createHash('md5').update(`${id}:${salt}:${validity}`).digest('hex')}:${validity}`;
};

const blank = { eid: '~'.repeat(24), date: 1_111_111_111_111, seq: 8_888_888, batch: '~'.repeat(12) };

const offsetsOf = (text: string, sought: string, skip: number): number[] => {
  const found: number[] = [];
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) found.push(at + skip);
  return found;
};

/** One browser with its page: two users at most, as a shared device has, and a `seq` without gaps. */
export const browserRequests = (sender: Sender, device: number): (() => PreparedRequest) => {
  const newEventId = eventIds(Date.now, random(12));
  const page = { device_id: `d-${random(12)}`, session_id: `s-${random(8)}`, page_id: `p-${random(8)}` };
  let seq = 0;
  let batches = 0;
  let made = device;
  const { touching } = sender;
  const actionOf = (i: number): string | undefined => {
    if (!touching || ++made % touching.every !== 0) return actions[i % actions.length];
    return touching.actions[(device * templatesOf(sender) + made / touching.every) % touching.actions.length];
  };

  return () => {
    const users = [`player-${device}-${batches++ % 8}`, `guest-${device}`];
    const [named = '', other = ''] = users;
    const events = Array.from({ length: sender.batch }, (_, i) => ({
      eid: blank.eid,
      event_date: blank.date,
      ext_brand_id: sender.brand,
      user_ext_id: i % 8 === 7 ? other : named,
      event_type: 'client_action',
      payload: { client_action: actionOf(i), amount: 25 + i },
      session_id: page.session_id,
      page_id: page.page_id,
      seq: blank.seq,
      source: 'api',
    }));
    const body = JSON.stringify({
      batch_id: blank.batch,
      label_key: sender.labelKey,
      device_id: page.device_id,
      sent_at: blank.date,
      hashes: batches % 2 ? { [named]: hashOf(named, sender.salt) } : {},
      losses: {},
      pages: [],
      events,
    });
    const head = `POST /v1/events HTTP/1.1\r\nHost: ${sender.host}\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: ${body.length}\r\n\r\n`;
    const text = head + body;
    const bytes = Buffer.from(text, 'latin1');
    const eids = offsetsOf(text, `"eid":"${blank.eid}`, 7);
    const dates = offsetsOf(text, `"event_date":${blank.date}`, 13);
    const seqs = offsetsOf(text, `"seq":${blank.seq}`, 6);
    const sentAt = text.indexOf(`"sent_at":${blank.date}`) + 10;
    const batchAt = text.indexOf(`"batch_id":"${blank.batch}`) + 12;

    return {
      bytes,
      stamp() {
        const now = String(Date.now());
        const batchId = random(12);
        bytes.write(batchId, batchAt, 'latin1');
        bytes.write(now, sentAt, 'latin1');
        for (let i = 0; i < sender.batch; i++) {
          bytes.write(newEventId(), eids[i] ?? 0, 'latin1');
          bytes.write(now, dates[i] ?? 0, 'latin1');
          // Right-aligned: JSON lets spaces stand before a number.
          bytes.write(String(++seq).padStart(7), seqs[i] ?? 0, 'latin1');
        }
        return batchId;
      },
      eids: () => eids.map((at) => bytes.toString('latin1', at, at + blank.eid.length)),
    };
  };
};
