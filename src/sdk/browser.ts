/**
 * Bundle entry: puts the SDK into the window, once, in place of the stub whose calls it replays.
 */
import type { Stub } from './early.ts';
import { createSmartico } from './index.ts';
import { browserPlatform, type Platform } from './platform.ts';

const root = window as unknown as Platform['root'];
const tag = document.currentScript as HTMLScriptElement | null;
const script = { ...tag?.dataset, src: tag?.src };
const name = script.global || '_smartico';
const present = root[name] as (Stub & { version?: string }) | undefined;

if (present?.version) {
  console.warn(`[smartico] The script is on this page twice; the second copy does nothing. (loaded_twice)`);
} else {
  root[name] = createSmartico({ platform: browserPlatform(root, name), name, script, stub: present });
  // One operator's pages read this as "already loaded".
  root[`${name}_lib_loaded_${name}`] = true;
}
