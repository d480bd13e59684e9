/**
 * The publisher's way while its room is not here yet: it is fetched with the first look at the queue, and until then a send
 * is one that nobody answered, so that events wait and are tried again.
 */
import type { PublisherModule, PublisherNeeds, Way } from './publisher.ts';

export const lateWay = (fetched: () => Promise<PublisherModule>, needs: PublisherNeeds): Way => {
  const { queue, tell } = needs;
  let way: Way | undefined;
  const come = async () => {
    try {
      way ??= (await fetched()).createWay(needs);
    } catch (cause) {
      tell('room_unavailable', 'publisher', cause);
    }
    return way;
  };
  return {
    queue: {
      ...queue,
      peek: async (most) => ((await come())?.queue ?? queue).peek(most),
      inHand: () => way?.queue.inHand() ?? [],
    },
    send: async (...what) => way?.send(...what) ?? { is: 'later', after: Number.NaN, slow: false },
  };
};
