/**
 * The doctor's table, last part: what does not keep events from arriving, and is still worth a word.
 */
import { type Line, listed, waits } from './finding.ts';

/** `1.10.0` is newer than `1.9.3`. */
const isOlder = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0));
  const at = (a ?? []).findIndex((part, index) => part !== (b?.[index] ?? 0));
  return at >= 0 && (a?.[at] ?? 0) < (b?.[at] ?? 0);
};

export const aroundLines: Line[] = [
  {
    verdict: 'frame_refused',
    applies: ({ strangers }) => strangers.length > 0,
    says: ({ strangers }) => `A frame wants to make this page's calls and is not listed: ${strangers.join(', ')}.`,
    todo: () => 'The site: if it may, add its origin to data-frames on the script tag of smartico.js.',
  },
  {
    verdict: 'loaded_twice',
    applies: ({ scripts }) => scripts.length > 1,
    says: ({ scripts }) =>
      `The SDK stands ${scripts.length} times in the page: ${scripts.join(', ')}. The first works.`,
    todo: () => 'The site: leave one of the script tags.',
  },
  {
    verdict: 'old_sdk',
    applies: ({ sdk, released }) => isOlder(sdk, released),
    says: ({ sdk, released }) => `The page runs version ${sdk}; the collector serves ${released}.`,
    todo: () => 'The site: load smartico.js from the collector, or update its own copy.',
  },
  {
    verdict: 'suspended',
    applies: ({ held }) => held.length > 0,
    says: ({ held }) =>
      `${held.join(' and ')} wait on this page: its path is under suspendOn, or a suspend call holds them.`,
    todo: () => 'Nobody, if it is meant: they come up on the next page that does not hold them back.',
  },
  {
    verdict: 'nothing_sent',
    applies: ({ waiting, stored, duplicate, rejected }) =>
      waiting.all + stored + duplicate + Object.keys(rejected).length === 0,
    says: ({ initialised, page }) =>
      initialised
        ? `The collector would take events from ${page}, and none was made on this page yet.`
        : 'Nothing was called yet: no init, and no event.',
    todo: ({ initialised }) =>
      initialised
        ? "The site: _smartico.action('NAME') where something happens."
        : 'The site: call init(label, { brand_key }), or give the script tag data-label.',
  },
  {
    verdict: 'well',
    applies: () => true,
    says: ({ stored, duplicate, waiting, losses, answered }) =>
      [
        `Events arrive: of the last ones of this page ${stored} stored, ${duplicate} known before; ${waits(waiting.all)}.`,
        answered && `The last answer came at ${answered}.`,
        Object.keys(losses).length > 0 && `Lost on this device so far: ${listed({ ...losses })}.`,
      ]
        .filter(Boolean)
        .join(' '),
    todo: ({ collector, publisher }) =>
      `Nobody has to do anything.${publisher ? '' : ` Whoever has the admin key sees them at ${collector}/live.`}`,
  },
];
