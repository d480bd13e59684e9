/** A page whose only thread waits for an answer, so that it neither hears nor takes anything until the test lets it go. */
import type { Page } from 'playwright-core';
import type { PageServer } from './page-server.ts';

export interface Busy {
  letGo(): void;
  /** The page has gone on, and has run its words; rejects if it died over it. */
  readonly done: Promise<unknown>;
}

/** @param then what the page runs in the same task, once it is let go */
export const keepBusy = (pages: PageServer, page: Page, then = ''): Promise<Busy> =>
  new Promise((resolve) => {
    pages.on(
      '/busy',
      () =>
        new Promise<void>((letGo) => {
          resolve({ letGo, done });
        }),
    );
    const done = page.evaluate((script) => {
      const request = new XMLHttpRequest();
      request.open('POST', '/busy', false);
      request.send();
      new Function(script)();
    }, then);
  });
