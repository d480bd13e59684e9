/**
 * What a push says: unknown JSON in, a notice or every mistake at once out. Pure.
 */

import { fields } from '../config/place.ts';
import { openReading, type RequestMistake } from '../engagement/reading.ts';
import { openedProblem, type Places, pictureProblem } from '../engagement/safe-link.ts';
import { refuseMistakes } from '../refusal.ts';
import type { Notice } from './push-sender.ts';

/** Push services take 4 kB, encrypted. */
const longest = { title: 200, body: 1_000 } as const;

export const noticeNames = ['title', 'body', 'action', 'icon'] as const;

const read = (request: unknown, places: Places, now: number): { notice: Notice; mistakes: RequestMistake[] } => {
  const reading = openReading(request, now);
  const known = fields(reading.root, noticeNames, ['title', 'body']);
  const notice: Notice = {
    title: reading.text(known.title, longest.title),
    body: reading.text(known.body, longest.body),
    action: reading.address(known.action, (text) => openedProblem(text, places)),
    icon: reading.address(known.icon, (text) => pictureProblem(text, places)),
  };
  return { notice, mistakes: reading.mistakes() };
};

/** What `readNotice` would refuse. */
export const noticeMistakes = (request: unknown, places: Places): RequestMistake[] => read(request, places, 0).mistakes;

export const readNotice = (request: unknown, places: Places, now: number): Notice => {
  const { notice, mistakes } = read(request, places, now);
  if (mistakes.length > 0) throw refuseMistakes('bad_engagement', mistakes);
  return notice;
};
