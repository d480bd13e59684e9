/** Pages with the SDK and its live room, and the collector's end of their sockets in the test's hand. */
import type { Rooms } from '../../src/sdk/rooms.ts';
import { answers, cids, type ErrCode, errCodes, type Message } from '../../src/wire/protocol.ts';
import { coreAlone, type Device } from './sdk-platform.ts';
import { until } from './until.ts';

/** What the collector knows of a customer, unless told otherwise. */
export const propsOf = (user: unknown, more: object = {}) => ({
  core_user_language: 'en',
  core_public_tags: [] as string[],
  public_username: `${user}`,
  avatar_id: null,
  is_visitor: false,
  ach_gamification_in_control_group: false,
  ...more,
});
type Answering = (message: Message) => object | undefined;

export const refusedWith =
  (code: ErrCode): Answering =>
  () => ({ errCode: errCodes[code], errMsg: `${code}: it is ${code}` });

export const scriptedSockets = () => {
  const said: Message[] = [];
  const lines = new Set<PageSocket>();
  const answering: { [cid: number]: Answering | undefined } = {
    [cids.init]: () => ({ settings: {}, props: { core_public_tags: [] } }),
    [cids.identify]: ({ ext_user_id }) => ({ ext_user_id, props: propsOf(ext_user_id) }),
  };
  class PageSocket {
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;
    onclose: ((end: { code: number }) => void) | null = null;
    constructor() {
      lines.add(this);
      setTimeout(() => this.onopen?.());
    }
    send(text: string) {
      const message = JSON.parse(text) as Message;
      said.push(message);
      const fields = answering[message.cid]?.(message);
      const cid = (answers as { [cid: number]: number })[message.cid];
      if (fields) setTimeout(() => this.hear({ cid, uuid: message.uuid, ts: message.ts, errCode: 0, ...fields }));
    }
    hear(message: object) {
      this.onmessage?.({ data: JSON.stringify(message) });
    }
    close() {
      lines.delete(this);
    }
  }
  return {
    WebSocket: PageSocket,
    /** All that pages said, in order. */
    said,
    /** Those of a class. */
    saidOf: (cid: number) => said.filter((message) => message.cid === cid),
    /** How a class is answered from now on; `undefined`: not at all. */
    answer: (cid: number, how: Answering | undefined) => {
      answering[cid] = how;
    },
    push: (message: object) => {
      for (const line of lines) line.hear(message);
    },
    drop: () => {
      for (const line of lines) line.onclose?.({ code: 1006 });
    },
    lines,
  };
};
export type ScriptedSockets = ReturnType<typeof scriptedSockets>;

const withLive: Rooms = {
  ...coreAlone,
  load: (room) => (room === 'live' ? (import('../../src/sdk/live/room.ts') as never) : coreAlone.load(room, '', {})),
};

/** A page whose live room comes at once. */
export const liveOn = (
  here: Device,
  {
    sockets = scriptedSockets(),
    before = {},
    ...more
  }: Parameters<Device['load']>[0] & { sockets?: ScriptedSockets } = {},
) => {
  const loaded = here.load({ rooms: withLive, before: { WebSocket: sockets.WebSocket, ...before }, ...more });
  const { smartico, collector } = loaded;
  return {
    ...loaded,
    sockets,
    identified: () => until(() => smartico.checkSuccessfullyIdentify()),
    /** What every handler of these keys heard, in order. */
    heard: (...keys: string[]) => {
      const heard: unknown[][] = [];
      for (const key of keys) smartico.on(key, (...args: never[]) => void heard.push([key, ...args]));
      return heard;
    },
    /** The events that are stored once everything has been sent. */
    stored: async () => {
      await smartico.flush();
      return collector.stored.map(({ event_type, user_ext_id, payload }) => [event_type, user_ext_id, payload]);
    },
  };
};
