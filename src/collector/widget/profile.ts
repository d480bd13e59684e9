/**
 * The customer's profile: who, which level, what they have and are about to earn.
 */
import type { MissionView, ProfileExtras, PublicProps } from '../../wire/protocol.ts';
import { element } from './draw.ts';
import type { Words } from './words.ts';

interface ProfileNeeds {
  words: Words;
  lang: string;
  /** The operator's id of the customer, shown where there is no name. */
  user: string;
}

/** The picture, or the first letter where there is none or the page's policy knows nothing of its host. */
const avatarOf = ({ avatar_id, public_username }: PublicProps, user: string): HTMLElement => {
  const letter = element('span', { class: 'avatar', 'aria-hidden': 'true' }, [...(public_username ?? user)][0] ?? '');
  if (avatar_id === null) return letter;
  const picture = element('img', { class: 'avatar', src: avatar_id, alt: '', referrerpolicy: 'no-referrer' });
  picture.addEventListener('error', () => picture.replaceWith(letter));
  return picture;
};

const tile = (name: string, value: string): HTMLElement =>
  element('div', { class: 'tile' }, element('dt', {}, name), element('dd', {}, value));

const missionItem = ({ title, tasks, completed_at }: MissionView, words: Words): HTMLElement =>
  element(
    'li',
    { class: 'mission' },
    element('strong', { dir: 'auto' }, title),
    ...tasks.map(({ done, count }) =>
      element(
        'p',
        {},
        element('progress', { max: count, value: done, 'aria-hidden': 'true' }),
        element('span', {}, `${done} ${words.of} ${count}`),
      ),
    ),
    ...(completed_at === null ? [] : [element('span', { class: 'level' }, words.completed)]),
  );

const missionsOf = ({ missions }: ProfileExtras, words: Words): Node[] =>
  missions.length === 0
    ? []
    : [
        element(
          'section',
          {},
          element('h3', {}, words.missions),
          element('ul', { class: 'earned' }, ...missions.map((one) => missionItem(one, words))),
        ),
      ];

const badgesOf = ({ badges }: ProfileExtras, words: Words): HTMLElement =>
  element(
    'section',
    {},
    element('h3', {}, words.badges),
    badges.length === 0
      ? element('p', { class: 'empty' }, words.noBadges)
      : element(
          'ul',
          { class: 'earned' },
          ...badges.map(({ name }) => element('li', { class: 'badge', dir: 'auto' }, name)),
        ),
  );

export const profileScreen = (
  props: PublicProps,
  earned: ProfileExtras,
  { words, lang, user }: ProfileNeeds,
): Node[] => {
  const number = new Intl.NumberFormat(lang);
  const { ach_level_current: name } = props;
  const level = name === null ? [words.noLevel] : [words.level, element('strong', {}, name)];
  return [
    element(
      'section',
      { class: 'who' },
      avatarOf(props, user),
      element(
        'div',
        {},
        element('h2', { dir: 'auto' }, props.public_username ?? user),
        element('p', { class: 'level' }, ...level),
      ),
    ),
    element(
      'dl',
      { class: 'tiles' },
      tile(words.points, number.format(props.ach_points_balance)),
      tile(words.gems, number.format(props.ach_gems_balance)),
      tile(words.diamonds, number.format(props.ach_diamonds_balance)),
    ),
    ...missionsOf(earned, words),
    badgesOf(earned, words),
  ];
};
