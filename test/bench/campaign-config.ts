/**
 * Two hundred campaigns and a hundred segments, as a busy operator would have them: each asks for an amount, for earlier
 * events and for a cap, and every event that they mention is mentioned by two campaigns and a segment.
 */
export const touchingActions = Array.from({ length: 100 }, (_, at) => `touch_${at}`);

const named = <Made>(count: number, make: (at: number) => Made): { [name: string]: Made } =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`n${at}`, make(at)]));

const segments = named(100, (at) => ({
  event: `touch_${at}`,
  where: { amount: { $gte: 20 } },
  count: { min: 3 },
  within: '7d',
}));

const campaignOn = (event: string) => ({
  on: { event },
  where: { amount: { $gte: 20 } },
  customer: { event, count: { min: 2 }, within: '7d' },
  cap: { times: 1, within: '1d' },
  steps: [{ points: 1 }, { inbox: { title: 'Thank you', body: 'For {{event.amount}}.' } }],
});

export const busyLabel = { segments, campaigns: named(200, (at) => campaignOn(`touch_${at % 100}`)) };

/** All of them mention one event; only the last condition of each says no. */
export const allOnOne = {
  segments: {},
  campaigns: named(200, (at) => ({
    on: { event: 'touch_0' },
    where: { amount: { $gte: 20 }, item: `item ${at}` },
    steps: [{ points: 1 }],
  })),
};
