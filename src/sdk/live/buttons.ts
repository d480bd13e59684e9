/**
 * What a press on a button of a popup or an inbox message comes to: it is reported, and its link runs. Where a stranger's
 * page is around ours a link that acts does neither: the press may not be what the visitor meant.
 */
import type { DeepLink } from '../deep-link.ts';
import type { UiNeeds } from '../ui/ui.ts';
import type { LiveNeeds } from './live.ts';

export interface ButtonNeeds extends Pick<LiveNeeds, 'parseLink' | 'openLink' | 'tell'> {
  /** Whether a link does more than show something of ours, or close. */
  acts(link: DeepLink): boolean;
  /** The origin of a stranger's page around ours. */
  stranger(): string | undefined;
  report: UiNeeds['report'];
}

export const createButtons =
  ({ parseLink, acts, stranger, report, openLink, tell }: ButtonNeeds): UiNeeds['pressed'] =>
  (uid, activityType, action) => {
    const link = parseLink(action);
    const origin = link && acts(link) && stranger();
    if (origin) return tell('framed_by_stranger', origin);
    report('action', uid, activityType, action);
    openLink(action);
  };
