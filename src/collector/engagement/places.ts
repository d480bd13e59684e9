/**
 * Where what a label sends may lead and load from.
 */
import type { Label } from '../config/config.ts';
import type { Places } from './safe-link.ts';

/** @param own origins that are nobody else's: the collector's, complete once it listens */
export const placesOf = ({ linkHosts, assetHosts }: Label, own: ReadonlySet<string>): Places => ({
  own,
  linkHosts,
  assetOrigins: assetHosts,
});
