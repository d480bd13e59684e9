/**
 * What INIT tells a page of its label. All text, as published.
 */
import type { LabelSettings } from '../../wire/protocol.ts';
import type { Label } from '../config/config.ts';

/** @param base the collector's own address */
export const labelSettings = (label: Label, labelKey: string, base: string, pushKey: string): LabelSettings => {
  const key = encodeURIComponent(labelKey);
  return {
    INBOX_PUBLIC_CDN: `${base}/inbox/${key}/`,
    CONTENT_URL: `${base}/content/${key}/`,
    FRONT_DISABLE_POPUP_INBOX_ON_URLS: label.suspendOn.join(','),
    LINK_HOSTS: label.linkHosts.join(','),
    DEEP_LINKS: JSON.stringify(label.deepLinks),
    PUSH_PUBLIC_KEY: pushKey,
    HONOR_GPC: label.honorGpc ? '1' : '',
  };
};
