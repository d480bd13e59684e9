/**
 * Bundle entry: puts the SDK into the window, once, in place of the stub whose calls it replays.
 */
import { createSmartico } from './index.ts';
import { own, type ScriptTag } from './options.ts';
import { browserPlatform, type Platform } from './platform.ts';
import { scriptRooms } from './rooms.ts';
import type { Stub } from './stub-calls.ts';

const root = window as unknown as Platform['root'] & { [name: string]: unknown };
const tag = document.currentScript as HTMLScriptElement | null;
const script = own<ScriptTag>(tag?.dataset, { src: tag?.src, integrity: tag?.integrity });
const name = script.global || '_smartico';
const present = root[name] as (Stub & { version?: string }) | undefined;

if (present?.version) console.warn('[smartico] loaded_twice: the second copy does nothing');
else {
  Object.assign(root, {
    [name]: createSmartico(
      browserPlatform(root, name),
      name,
      script,
      present ?? {},
      scriptRooms({ root }, name, Boolean(script.integrity)),
    ),
    // One operator's pages read this as "already loaded".
    [`${name}_lib_loaded_${name}`]: true,
  });
}
