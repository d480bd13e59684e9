/**
 * A browser's refusal that the label heeds: nothing that comes with Global Privacy Control is taken from it.
 */
import type { Label } from './config/config.ts';
import { Refusal } from './refusal.ts';

export const sendsGpc = (headers: { [name: string]: string | string[] | undefined }): boolean =>
  headers['sec-gpc'] === '1';

export const checkConsent = (label: Label, gpc: boolean): void => {
  if (label.honorGpc && gpc)
    throw new Refusal(
      'consent_refused',
      'the browser sends Global Privacy Control, which this label takes for a refusal',
    );
};
