/**
 * The doctor's table, first part: what the page itself, its visitor or its machine stands in the way of.
 */
import { type Line, waits } from './finding.ts';

export const pageLines: Line[] = [
  {
    verdict: 'other_global',
    applies: ({ global }) => global === 'other',
    says: ({ scripts }) =>
      `The page's global is not this SDK's any more: another script took its name${scripts.length > 1 ? `; scripts of this name: ${scripts.join(', ')}` : ''}.`,
    todo: () => 'The site: remove the other SDK, or give this one a name of its own with data-global.',
  },
  {
    verdict: 'bad_collector',
    applies: ({ initialised, told }) => !initialised && told.includes('bad_collector'),
    says: () => 'init was called, but the collector that it names is no web address.',
    todo: () => "The site: init(label, { collector: 'https://…' }), or load the script from the collector.",
  },
  {
    verdict: 'not_initialised',
    applies: ({ label, told, waiting }) => label === null && (waiting.all > 0 || told.includes('no_label')),
    says: ({ waiting }) => `No label is known, so nothing can be sent; ${waits(waiting.all)} on this device.`,
    todo: () => 'The site: call init(label, { brand_key }), or give the script tag data-label.',
  },
  {
    verdict: 'consent_refused',
    applies: ({ consent, stopped, probe }) =>
      consent === 'refused' || [stopped, 'code' in probe && probe.code].includes('consent_refused'),
    says: ({ gpc }) =>
      gpc
        ? 'The browser sends Global Privacy Control, and the label or the page takes that for a refusal: nothing is kept or sent.'
        : 'The visitor refused to be reported on: nothing is kept or sent.',
    todo: () => 'Nobody, unless the visitor changes their mind: the site then calls consent(true).',
  },
  {
    verdict: 'consent_missing',
    applies: ({ consent }) => consent === 'awaited',
    says: ({ waiting }) =>
      `The page asks for consent first, and there is no answer yet; ${waits(waiting.all)} in memory.`,
    todo: () => 'The site: call consent(true) or consent(false) with the visitor’s answer.',
  },
  {
    verdict: 'localhost_guard',
    applies: ({ localhost }) => localhost === 'guarded',
    says: ({ page }) =>
      `The page is on somebody's own machine (${page}), from where nothing is reported unless it is meant.`,
    todo: () => 'You, if it is meant: set window._smartico_allow_localhost = true before the script.',
  },
  {
    verdict: 'offline',
    applies: ({ online, probe }) => !online || probe.is === 'offline',
    says: ({ online, page, waiting }) =>
      `${online ? `Nothing answers, not even ${page}` : 'The browser is offline'}; ${waits(waiting.all)} and go when the network is back.`,
    todo: () => 'The visitor: connect to the network. No event is lost by waiting.',
  },
];
