/**
 * Calls of the published interface that open games and banners: other products, whose calls are told and reject.
 */
import { smarticoError, type Tell } from '../notice.ts';

const OTHERS = [
  'miniGame',
  'gamificationBlock',
  'showBanner',
  'sendDataToBanner',
  'showVisitorGame',
  'convertVisitorGame',
];

export const otherProducts = (tell: Tell): { [method: string]: () => never } =>
  Object.fromEntries(
    OTHERS.map((method) => [
      method,
      () => {
        tell('not_available', method);
        throw smarticoError('not_available', method);
      },
    ]),
  );
