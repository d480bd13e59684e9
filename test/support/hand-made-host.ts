/**
 * A page around a frame that answers hellos by hand, as an attacker's would: with as many ports as it likes, and with what it
 * likes over them. Writes down everything that the frame lets it hear.
 */
import type { Frame, Page } from 'playwright-core';

declare global {
  interface Window {
    answerer: {
      /** What was posted to the window. */
      posted: unknown[];
      /** What came over all ports. */
      heard: unknown[];
      ports: MessagePort[];
      /** Ports in every answer; `undefined`: there is none. */
      wanted: number | undefined;
      answer(to: Window, ports: number): void;
      say(message: object): void;
    };
  }
}

const answers = (): void => {
  window.answerer = {
    posted: [],
    heard: [],
    ports: [],
    wanted: undefined,
    answer(to, number) {
      const ends = Array.from({ length: number }, () => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => void this.heard.push(JSON.parse(data));
        this.ports.push(port1);
        return port2;
      });
      to.postMessage({ welcome: '_smartico', nonce: 'by hand' }, '*', ends);
    },
    say(message) {
      this.ports.at(-1)?.postMessage(JSON.stringify(message));
    },
  };
  const { answerer } = window;
  addEventListener('message', ({ data, source }) => {
    answerer.posted.push(data);
    if (answerer.wanted !== undefined) answerer.answer(source as Window, answerer.wanted);
  });
};

/** Its page, around this address. `ports`: how many each answer brings; without it nobody is answered by itself. */
export const handMadeHost = (address: string, ports?: number): string =>
  `<!doctype html><meta charset="utf-8"><title>By hand</title><link rel="icon" href="data:,"><script>(${answers})();answerer.wanted = ${ports}</script><iframe src="${address}"></iframe>`;

/** What it got to hear: how often the frame knocked is of no interest. */
export const learned = (host: Page | Frame) =>
  host.evaluate(() => {
    const { posted, heard } = window.answerer;
    return { posted: [...new Set(posted)], heard };
  });

/** Answers whoever framed page there is, with so many ports. */
export const answer = (host: Page | Frame, ports: number): Promise<void> =>
  host.evaluate((number) => window.answerer.answer(window[0] as Window, number), ports);

export const say = (host: Page | Frame, message: object): Promise<void> =>
  host.evaluate((text) => window.answerer.say(text), message);
