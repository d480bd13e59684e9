/**
 * That the config's file was changed and not taken, and what is wrong with it: shown where campaigns are, since who changed one
 * looks there.
 */
import type { ConfigNews } from './campaign-shapes.ts';
import { byId, element } from './draw.ts';
import { countOf, timeText } from './words.ts';

export const showConfigNews = ({ refused }: ConfigNews): void => {
  const place = byId('config-news');
  place.hidden = refused === null;
  if (!refused) return;
  const { at, mistakes, others } = refused;
  place.replaceChildren(
    element(
      'p',
      {},
      `The config's file was changed at ${timeText(at)} and not taken: what stands below is the one before.`,
    ),
    element(
      'ul',
      {},
      ...mistakes.map(({ path, reason }) => element('li', {}, element('code', {}, path || 'the whole'), ` ${reason}`)),
      ...(others > 0 ? [element('li', {}, `and ${countOf(others, 'mistake')} of other labels`)] : []),
    ),
  );
};
