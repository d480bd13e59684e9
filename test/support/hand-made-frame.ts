/**
 * A framed page that speaks the bridge's language by hand, as an attacker's would: knocks, and says what it likes over the
 * port that it is given. Knows the words, and keeps to none of the rules.
 */
import type { Frame, Page } from 'playwright-core';
import { expect } from 'vitest';

/** An answer to a hello. */
export interface Welcome {
  origin: string;
  ports: number;
}
/** What the page around says over the port. */
export interface Said {
  type: string;
  id?: number;
  code?: string;
  value?: unknown;
}

declare global {
  interface Window {
    knocker: {
      welcomes: Welcome[];
      heard: Said[];
      line?: MessagePort | undefined;
      /** Says hello, and then waits until that window has heard it. */
      knock(at: Window): Promise<unknown>;
      hear(line: MessagePort): void;
      /** Posts it as it is. */
      say(message: unknown): void;
    };
  }
}

const knocks = (): void => {
  const echoes: (() => void)[] = [];
  window.knocker = {
    welcomes: [],
    heard: [],
    knock(at) {
      at.postMessage('_smartico:hello', '*');
      at.postMessage('echo, please', '*');
      return new Promise<void>((resolve) => echoes.push(resolve));
    },
    hear(line) {
      this.line = line;
      line.onmessage = ({ data }) => void this.heard.push(JSON.parse(data));
    },
    say(message) {
      this.line?.postMessage(message);
    },
  };
  const { knocker } = window;
  addEventListener('message', ({ data, origin, ports: [line, ...more] }) => {
    if (data === 'echo') echoes.shift()?.();
    if (data === 'take my line' && line) knocker.hear(line);
    if (data?.welcome !== '_smartico') return;
    knocker.welcomes.push({ origin, ports: line ? more.length + 1 : 0 });
    if (!line) return;
    knocker.hear(line);
    knocker.say(JSON.stringify({ type: 'nonce', nonce: data.nonce }));
  });
};

/** Its page. */
export const handMadeFrame = `<!doctype html><meta charset="utf-8"><title>By hand</title><link rel="icon" href="data:,"><script>(${knocks})()</script>`;

/** The script of a page around: says what it heard once everything before it was heard. */
export const echoing = `
  addEventListener('message', ({ data, source }) => { if (data === 'echo, please') source.postMessage('echo', '*'); });`;

type Door = 'parent' | 'top' | 'opener';

/** From now on the page takes a hello when it comes: it has fetched what does, with one of its own. */
export const listening = (page: Page): Promise<void> =>
  page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        addEventListener('message', ({ data }) => data?.welcome && resolve());
        postMessage('_smartico:hello', '*');
      }),
  );

/** Knocks; resolves with all answers so far, when the window has had its time to answer. The page there is `echoing`. */
export const knock = (frame: Frame, at: Door = 'parent'): Promise<Welcome[]> =>
  frame.evaluate(async (door) => {
    await window.knocker.knock(window[door] as Window);
    return window.knocker.welcomes;
  }, at);

export const heard = (frame: Frame): Promise<Said[]> => frame.evaluate(() => window.knocker.heard);

/** Knocks until it has a line. */
export const connect = async (frame: Frame): Promise<void> => {
  await knock(frame);
  await expect.poll(async () => (await heard(frame)).length).toBeGreaterThan(0);
};

/** Says this over its port: a text as it is, an object as one. */
export const say = (frame: Frame, ...messages: (object | string)[]): Promise<void> =>
  frame.evaluate(
    (texts) => {
      for (const text of texts) window.knocker.say(text);
    },
    messages.map((message) => (typeof message === 'string' ? message : JSON.stringify(message))),
  );

/** Makes a call of this number, and resolves with the answer. */
export const call = async (frame: Frame, id: number, method: string, ...args: unknown[]): Promise<Said> => {
  await say(frame, { type: 'call', id, method, args, asks: true });
  const answers = async () => (await heard(frame)).filter((said) => said.id === id && said.type !== 'taken');
  await expect.poll(answers).toHaveLength(1);
  return (await answers())[0]!;
};
