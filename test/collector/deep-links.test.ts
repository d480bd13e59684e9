/** What a link may fire, by the label's policy. The fixed signature was made with openssl, not with this code. */
import { describe, expect, test } from 'vitest';
import type { DeepLinkActions } from '../../src/collector/config/config.ts';
import { judgeLink, type LinkVerdict } from '../../src/collector/deep-links.ts';
import type { SignedLink } from '../../src/wire/event.ts';

const exp = 1_893_456_000_000;
const link = { exp, sig: 'iEUqZgR8gXU4Au-CYZkXlN2On-LR4cLf5WnMsn-xpik' };
const action = 'CashierSubmitClicked';

describe.each<[string, DeepLinkActions, string, SignedLink | undefined, string[], number, LinkVerdict]>([
  ['any action, where all may', 'all', action, undefined, [], 0, 'allowed'],
  ['a listed action', { listed: [action] }, action, undefined, [], 0, 'allowed'],
  ['an action that is not listed', { listed: ['Other'] }, action, undefined, [], 0, 'link_not_listed'],
  ['a signature does not put it on the list', { listed: [] }, action, link, ['link-key'], 0, 'link_not_listed'],
  ['a signed action', 'signed', action, link, ['link-key'], exp, 'allowed'],
  ['signed with the older of two keys', 'signed', action, link, ['new-key', 'link-key'], exp, 'allowed'],
  ['after its end', 'signed', action, link, ['link-key'], exp + 1, 'link_not_signed'],
  ['with its end moved', 'signed', action, { ...link, exp: exp + 1 }, ['link-key'], exp, 'link_not_signed'],
  ['another action with the same signature', 'signed', 'Other', link, ['link-key'], 0, 'link_not_signed'],
  ['another key', 'signed', action, link, ['other-key'], 0, 'link_not_signed'],
  ['no signature', 'signed', action, undefined, ['link-key'], 0, 'link_not_signed'],
  ['an empty signature', 'signed', action, { exp, sig: '' }, ['link-key'], 0, 'link_not_signed'],
])('%s', (_, policy, name, signed, keys, moment, wanted) => {
  test(`is ${wanted}`, () => expect(judgeLink(name, signed, policy, keys, moment)).toBe(wanted));
});
