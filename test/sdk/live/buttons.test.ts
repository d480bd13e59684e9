import { expect, test } from 'vitest';
import { parseLink } from '../../../src/sdk/deep-link.ts';
import { createButtons } from '../../../src/sdk/live/buttons.ts';

/** A page on which one button is pressed, and what came of it. */
const press = (action: string, stranger?: string): string[] => {
  const did: string[] = [];
  const pressed = createButtons({
    parseLink,
    acts: ({ verb }) => verb !== 'inbox',
    stranger: () => stranger,
    report: (what, uid, activityType, link) => void did.push(`${what} ${uid} ${activityType} ${link}`),
    openLink: (link) => void did.push(`open ${link}`),
    tell: (code, about) => void did.push(`${code}: ${about}`),
  });
  pressed('e-1', 30, action);
  return did;
};

test.each(['dp:action&action=CLAIM', 'dp:inbox', 'https://op.example/x'])(
  'a press on %s is reported, and runs it',
  (link) => {
    expect(press(link)).toEqual([`action e-1 30 ${link}`, `open ${link}`]);
  },
);

test.each(['dp:action&action=CLAIM', 'dp%3Aaction%26action%3DCLAIM', 'https://op.example/x', '/x'])(
  'with a stranger’s page around a press on %s is told, and neither reported nor run',
  (link) => {
    expect(press(link, 'https://evil.example')).toEqual(['framed_by_stranger: https://evil.example']);
  },
);

test.each(['dp:inbox', 'DP:INBOX', 'inbox'])('with a stranger’s page around %s still shows what it shows', (link) => {
  expect(press(link, 'https://evil.example')).toEqual([`action e-1 30 ${link}`, `open ${link}`]);
});
