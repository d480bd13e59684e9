/**
 * What a stub left in the window, and how its calls are made good: in order, each for itself.
 */
import type { Smartico } from './api.ts';
import type { SmarticoError, Tell } from './notice.ts';
import type { PageStart } from './session.ts';

/** Its calls in order, `[method, arguments, is on disk]`, and its page's count. */
export type Stub = PageStart & { q?: unknown };

/** @param onDisk stands for a call that the stub wrote down: it is not made again */
export const replay = ({ q }: Stub, smartico: Smartico, tell: Tell, onDisk = (): void => {}): void => {
  for (const [method, args, kept] of Array.isArray(q) ? q : [])
    try {
      if (kept) onDisk();
      else smartico(method, ...(args as [never]));
    } catch (cause) {
      // As the call would have thrown in its caller's face; without a code it was an argument of the page's own that threw.
      tell((Object(cause) as Partial<SmarticoError>).code ?? 'bad_argument', method, cause); // those after it still count
    }
};
