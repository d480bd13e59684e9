/**
 * What the window's own address and browser say: calls that need nobody else.
 */
import type { SmarticoMethods } from './api.ts';

export const pageFacts = ({
  location,
  navigator,
}: Window): Pick<SmarticoMethods, 'isMobile' | 'parseUrl' | 'parseUrlHash'> => {
  const pairs = (text: string) => Object.fromEntries(new URLSearchParams(text.slice(1)));
  return {
    isMobile: () => /Mobi|Android/i.test(navigator.userAgent),
    parseUrl: () => pairs(location.search),
    parseUrlHash: () => pairs(location.hash),
  };
};
