/**
 * What a label says of the surfaces in its pages: where links may lead, what loads, and on which paths nothing interrupts.
 */

import { linkProblem } from '../engagement/safe-link.ts';
import { parseOrigin } from './origin.ts';
import type { Place } from './place.ts';

const LINK_NAME = /^[a-z]\w*$/i;

/** Link names are found without regard to case, as all links are. */
export const parseNamedLinks = (at: Place): { [name: string]: string } => {
  const links = new Map<string, string>();
  for (const [name, link] of at.entries()) {
    const address = link.text();
    const problem = address === '' || /^dp:/i.test(address) ? 'must be an https URL or a path' : linkProblem(address);
    if (!LINK_NAME.test(name)) link.mistake('is named by something else than letters, digits and underscores');
    else if (links.has(name.toLowerCase())) link.mistake('stands here twice, since case does not count');
    else if (address !== '' && problem) link.mistake(problem);
    links.set(name.toLowerCase(), address);
  }
  return Object.fromEntries(links);
};

export const parseLinkHosts = (at: Place | undefined): string[] =>
  at?.list().map((one) => {
    const host = one.text();
    const isHost = URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === host;
    if (host !== '' && !isHost) one.mistake('must be a host such as op.example, without https:// and in lower case');
    return host;
  }) ?? [];

export const parseAssetHosts = (at: Place | undefined): string[] => at?.list().map((one) => parseOrigin(one, [])) ?? [];

/** They travel to the page as one text with commas between. */
export const parseSuspendOn = (at: Place | undefined): string[] =>
  at?.list().map((one) => {
    const pattern = one.text();
    if (pattern !== '' && !/^[/*#][^,\s]*$/.test(pattern))
      one.mistake('must be a path pattern such as /deposit*, without commas and spaces');
    return pattern;
  }) ?? [];
