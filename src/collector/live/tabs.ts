/**
 * Tabs after the ARIA pattern: one tab stop, arrows, Home and End move and select at once.
 * https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */
import { byId } from './draw.ts';

const names = ['events', 'rejected', 'losses', 'registry', 'customer', 'campaigns'] as const;
export type Tab = (typeof names)[number];

export interface Tabs {
  shown(): Tab;
  show(tab: Tab): void;
}

export const createTabs = (onShow: (tab: Tab) => void): Tabs => {
  let shown: Tab = 'events';
  const tabOf = (name: Tab): HTMLElement => byId(`tab-${name}`);
  const show = (tab: Tab): void => {
    shown = tab;
    for (const name of names) {
      tabOf(name).setAttribute('aria-selected', String(name === tab));
      tabOf(name).tabIndex = name === tab ? 0 : -1;
      byId(`panel-${name}`).hidden = name !== tab;
    }
    onShow(tab);
  };
  const keys: { [key: string]: (at: number) => number } = {
    ArrowLeft: (at) => at - 1,
    ArrowRight: (at) => at + 1,
    Home: () => 0,
    End: () => -1,
  };
  for (const name of names) tabOf(name).addEventListener('click', () => show(name));
  byId('tabs').addEventListener('keydown', (press) => {
    const move = keys[press.key];
    const next = move && names.at(move(names.indexOf(shown)) % names.length);
    if (!next) return;
    press.preventDefault();
    show(next);
    tabOf(next).focus();
  });
  return { shown: () => shown, show };
};
