/**
 * What became of what a campaign made: sums of the counts, drawn as bars. Pure sums, then one drawing.
 */
import type { Count, DeliveryStatus } from './campaign-shapes.ts';
import { element, shape, table } from './draw.ts';
import { count } from './words.ts';

const went: DeliveryStatus[] = ['sent', 'shown', 'clicked'];
const underWay: DeliveryStatus[] = ['pending'];
const keptBack: DeliveryStatus[] = ['failed', 'capped', 'unsubscribed', 'over_limit', 'no_address', 'refused'];

export const channelWords: { [channel in Count['channel']]: string } = {
  run: 'campaign',
  popup: 'popup',
  inbox: 'inbox message',
  deep_link: 'deep link',
  email: 'e-mail',
  sms: 'SMS',
  webhook: 'webhook',
  push: 'push',
};

const statusWords: { [status in DeliveryStatus]: string } = {
  running: 'running',
  waiting: 'waits',
  ended: 'ended',
  pending: 'under way',
  sent: 'sent',
  shown: 'shown',
  clicked: 'clicked',
  failed: 'failed',
  capped: 'over its cap',
  unsubscribed: 'unsubscribed',
  over_limit: 'over the month’s limit',
  no_address: 'no address',
  refused: 'refused',
};

const inPages: Count['channel'][] = ['popup', 'inbox', 'deep_link'];

/** What waits in a page has arrived, and was not looked at. */
export const stateText = ({ channel, status }: Pick<Count, 'channel' | 'status'>): string =>
  status === 'pending' && inPages.includes(channel) ? 'not seen yet' : statusWords[status];

const sum = (counts: readonly Count[], of: readonly DeliveryStatus[]): number =>
  counts.reduce((total, one) => (of.includes(one.status) ? total + one.count : total), 0);

export interface Funnel {
  begun: number;
  made: number;
  sent: number;
  shown: number;
  clicked: number;
  keptBack: number;
}

export const funnelOf = (counts: readonly Count[]): Funnel => {
  const messages = counts.filter(({ channel }) => channel !== 'run');
  const runs = counts.filter(({ channel }) => channel === 'run');
  return {
    begun: runs.reduce((total, one) => total + one.count, 0),
    made: messages.reduce((total, one) => total + one.count, 0),
    sent: sum(messages, [...underWay, ...went]),
    shown: sum(messages, ['shown', 'clicked']),
    clicked: sum(messages, ['clicked']),
    keptBack: sum(messages, keptBack),
  };
};

const bar = (name: string, value: number, most: number): Node[] => {
  const width = most === 0 ? 0 : (100 * value) / most;
  return [
    element('dt', {}, name),
    element(
      'dd',
      {},
      shape(
        'svg',
        { viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        shape('rect', { width: 100, height: 4, class: 'ground' }),
        shape('rect', { width, height: 4 }),
      ),
      element('b', {}, count(value)),
    ),
  ];
};

const channelRow = (counts: readonly Count[], channel: Count['channel']): string[] => {
  const own = counts.filter((one) => one.channel === channel);
  const reasons = own
    .filter(({ status }) => keptBack.includes(status))
    .map((one) => `${count(one.count)} ${statusWords[one.status]}`);
  return [
    channelWords[channel],
    count(sum(own, underWay)),
    count(sum(own, went)),
    count(sum(own, ['shown', 'clicked'])),
    count(sum(own, ['clicked'])),
    reasons.join(', ') || '–',
  ];
};

export const drawFunnel = (counts: readonly Count[]): Node[] => {
  const { begun, sent, shown, clicked } = funnelOf(counts);
  const most = Math.max(begun, sent);
  const channels = [...new Set(counts.map(({ channel }) => channel))].filter((channel) => channel !== 'run');
  return [
    element(
      'dl',
      { class: 'funnel' },
      ...bar('Begun', begun, most),
      ...bar('Messages', sent, most),
      ...bar('Shown', shown, most),
      ...bar('Clicked', clicked, most),
    ),
    ...(channels.length
      ? [
          table(
            'By channel',
            ['Channel', 'Not seen or under way', 'Out', 'Shown', 'Clicked', 'Kept back'],
            channels.map((channel) => channelRow(counts, channel)),
          ),
        ]
      : []),
  ];
};
