/** A channel whose mouths are scripted: the test opens, answers and breaks them, and reads what was said. Needs fake timers. */
import { vi } from 'vitest';
import { type Channel, type ChannelNeeds, createChannel } from '../../src/sdk/live/channel.ts';
import type { Ears } from '../../src/sdk/live/mouth.ts';
import type { Message } from '../../src/wire/protocol.ts';

export interface ScriptedMouth extends Ears {
  kind: 'socket' | 'http';
  said: Message[];
  closed: boolean;
  /** When it was opened, in milliseconds since the start. */
  at: number;
}

export const scriptedChannel = (needs: Partial<ChannelNeeds> = {}) => {
  const mouths: ScriptedMouth[] = [];
  const pushes: unknown[] = [];
  const greetings: ('ready' | 'again' | 'refused')[] = [];
  const greeted: string[] = [];
  const began = Date.now();
  let ids = 0;
  const mouth = (kind: ScriptedMouth['kind']) => (ears: Ears) => {
    const made: ScriptedMouth = { ...ears, kind, said: [], closed: false, at: Date.now() - began };
    mouths.push(made);
    return {
      say: (message: Message) => void made.said.push(message),
      close() {
        made.closed = true;
      },
    };
  };
  const channel: Channel = createChannel({
    now: () => Date.now(),
    random: () => `uuid-${++ids}`,
    openSocket: mouth('socket'),
    openHttp: mouth('http'),
    async greet() {
      const outcome = greetings.shift() ?? 'ready';
      greeted.push(outcome);
      return outcome;
    },
    onPush: (push) => void pushes.push(push),
    ...needs,
  });
  const last = () => mouths[mouths.length - 1] as ScriptedMouth;
  return {
    ...channel,
    mouths,
    pushes,
    greeted,
    /** How the next greetings end; those after them well. */
    greets: (...outcomes: typeof greetings) => void greetings.push(...outcomes),
    last,
    /** The line that was asked for opens. */
    opens: async () => {
      last().open();
      await vi.advanceTimersByTimeAsync(0);
    },
    /** Answers the message that was said last. */
    answers: async (answer: object, mouth = last()) => {
      const { uuid } = mouth.said.at(-1) as Message;
      mouth.hear({ cid: 0, errCode: 0, uuid, ...answer });
      await vi.advanceTimersByTimeAsync(0);
    },
  };
};
