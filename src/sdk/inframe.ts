/**
 * Bundle entry for a platform in somebody else's page: puts `_smartico_inframe` into its window, once, in place of the stub
 * whose calls it makes good.
 */
import { nanoid } from 'nanoid';
import { createInframe } from './inframe/guest.ts';
import { addressOf, own, type ScriptTag } from './options.ts';
import { type Platform, textStore } from './platform.ts';
import { scriptUrls } from './script-url.ts';
import type { Stub } from './stub-calls.ts';

const root = window as unknown as Platform['root'];
const tag = document.currentScript as HTMLScriptElement | null;
const script = own<ScriptTag>(tag?.dataset, { src: tag?.src });
const name = script.global || '_smartico';
const mine = `${name}_inframe`;
const present = root[mine] as (Stub & { version?: string }) | undefined;

const loadHost = (failed: () => void): void => {
  const host = document.createElement('script');
  host.src = scriptUrls(root, mine)(`${addressOf(script)}/smartico.js`);
  host.referrerPolicy = 'origin';
  // What the platform's tag says, it says of the page that the platform is now.
  Object.assign(host.dataset, tag?.dataset, { global: name });
  host.onerror = failed;
  document.head.append(host);
};

if (present?.version) console.warn('[smartico] loaded_twice: the second copy does nothing');
else
  root[mine] = createInframe(
    {
      root,
      now: () => Date.now(),
      random: () => nanoid(12),
      session: textStore(() => sessionStorage),
      local: textStore(() => localStorage),
    },
    name,
    script,
    present ?? {},
    loadHost,
  );
