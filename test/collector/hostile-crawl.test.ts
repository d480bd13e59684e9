/**
 * Every address of the collector, with the keys of one label and the names of another: nothing of the other is answered,
 * and nothing of it changes. The addresses are those of `/openapi.json`: a new one is crawled without a word here.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningCollector, startCollector } from '../support/collector.ts';
import { closeClients, connectClient, connectCustomer } from '../support/socket-client.ts';
import { allOfTheirs, fillTheirs, mine, SECRET, THEIRS, theirs, twoLabels } from '../support/two-labels.ts';

interface Operation {
  requestBody?: unknown;
}
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
}

let collector: RunningCollector;
let before: string;
let api: OpenApi;
beforeAll(async () => {
  collector = await startCollector({ config: twoLabels, env: { LOG_LEVEL: 'trace' } });
  await fillTheirs(collector);
  before = await allOfTheirs(collector);
  api = (await (await fetch(`${collector.url}/openapi.json`)).json()) as OpenApi;
});
afterAll(async () => {
  await closeClients();
  await collector.stop();
});

const ids = [...new Set(Object.values(theirs))];
const keys = ['', mine.publicKey, mine.secretKey, `Bearer ${mine.adminKey}`];
const now = Date.now();
const envelope = { eid: theirs.eid, event_date: now, user_ext_id: theirs.user, event_type: 'x', payload: {} };
const browser = { ...envelope, session_id: 'session-1', page_id: 'page-of-1', seq: 1, source: 'api' };
/** Bodies that name the other label's things in every place that some reader knows. */
const bodies = (id: string): unknown[] => [
  { batch_id: 'b', label_key: mine.publicKey, device_id: theirs.device, sent_at: now, events: [browser] },
  { ...envelope, ext_brand_id: theirs.brand, label_key: theirs.publicKey, label: theirs.name },
  {
    api_key: mine.secretKey,
    label_key: mine.publicKey,
    brand_key: theirs.brand,
    ext_user_id: theirs.user,
    cid: 527,
    segment_id: id,
  },
  { secret: mine.secretKey, sourceCustomerId: theirs.user, clientEvents: [{ clientEventId: theirs.eid }] },
  {
    kind: 'popup',
    title: 'T',
    body: 'B',
    operation: 'add',
    tags: ['mine'],
    engagement_uid: `mine-${id}`.slice(0, 60).replace(/ /g, '-'),
  },
  { kind: 'entry_point', name: id, rule: { segment: id }, campaign: id, from: now - 1000, to: now },
];
/** The names that a query may have there: a route that is asked by another says which it knows. */
const queryNames = async (address: string): Promise<string[]> => {
  const answer = await fetch(`${collector.url}${address}?zzzzzzzz=1`, {
    headers: { authorization: `Bearer ${mine.adminKey}` },
    signal: AbortSignal.timeout(20_000),
  });
  const { message = '' } = answer.status === 400 ? ((await answer.json()) as { message?: string }) : {};
  if (answer.status !== 400) await answer.body?.cancel();
  return /known are (.+)$/.exec(message)?.[1]?.split(', ') ?? [];
};

interface Case {
  method: string;
  path: string;
  key: string;
  body?: unknown;
}
const casesOf = async (path: string, method: string, { requestBody }: Operation): Promise<Case[]> => {
  // Where the address has the other label's public key and an id of it, that is its own page asking.
  const shown = path.replace('{label_key}', mine.publicKey);
  const addressOf = (id: string): string => shown.replace(/\{.*?\}/g, encodeURIComponent(id));
  const known = method === 'get' ? await queryNames(addressOf(theirs.user)) : [];
  return ids.flatMap((id) => {
    const address = addressOf(id);
    const addresses = [address, ...known.map((name) => `${address}?${name}=${encodeURIComponent(id)}`)];
    const said = requestBody === undefined ? [undefined] : bodies(id);
    return addresses.flatMap((at) =>
      keys.flatMap((key) => said.map((body) => ({ method: method.toUpperCase(), path: at, key, body }))),
    );
  });
};

const ask = async ({ method, path, key, body }: Case): Promise<{ status: number; text: string }> => {
  const answer = await fetch(collector.url + path, {
    method,
    headers: { ...(key ? { authorization: key } : {}), ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    redirect: 'manual',
    signal: AbortSignal.timeout(20_000),
  });
  // A stream has no end: what it says first is looked at.
  if (answer.headers.get('content-type')?.includes('event-stream')) {
    const first = await answer.body!.getReader().read();
    return { status: answer.status, text: new TextDecoder().decode(first.value) };
  }
  return { status: answer.status, text: await answer.text() };
};

const crawl = async (cases: readonly Case[], isTold: (text: string, one: Case) => boolean): Promise<string[]> => {
  const told: string[] = [];
  const next = cases[Symbol.iterator]();
  const walk = async (): Promise<void> => {
    for (const one of next) {
      const { status, text } = await ask(one);
      if (status >= 500 || isTold(text, one)) told.push(`${status} ${JSON.stringify(one)}: ${text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, walk));
  return told;
};
/** An id that was asked for is echoed; of the others nothing may be told. The numbers of `/metrics` go by labels' names. */
const namesOthers = (text: string, { path }: Case): boolean =>
  ids
    .filter((id) => decodeURIComponent(path).includes(id) || path.startsWith('/metrics'))
    .reduce((left, id) => left.replaceAll(id, ''), text)
    .includes(THEIRS);

const casesWhere = async (isWanted: (operation: Operation) => boolean): Promise<Case[]> => {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => isWanted(operation))
      .map(([method, operation]) => casesOf(path, method, operation)),
  );
  // Where neither the address nor the body has an id, all of them make the same request.
  const cases = (await Promise.all(operations)).flat().map((one) => [JSON.stringify(one), one] as const);
  return [...new Map(cases).values()];
};

test('an operator who asks by another label’s names is told nothing of it, not even that there is something', async () => {
  const cases = await casesWhere(({ requestBody }) => requestBody === undefined);
  expect(cases.length).toBeGreaterThan(1_000);
  const isTold = (text: string, one: Case): boolean => text.includes(SECRET) || namesOthers(text, one);
  expect(await crawl(cases, isTold)).toEqual([]);
}, 120_000);

test('whoever sends something under another label’s names hears nothing of it', async () => {
  const cases = await casesWhere(({ requestBody }) => requestBody !== undefined);
  expect(cases.length).toBeGreaterThan(1_000);
  expect(await crawl(cases, (text) => text.includes(SECRET))).toEqual([]);
}, 120_000);

test('a page on the live channel hears nothing of another label’s customer of the same name', async () => {
  const victim = await connectCustomer(collector, theirs.user, { label_key: mine.publicKey, device_id: theirs.device });
  for (const cid of [1, 9, 103, 104, 155, 161, 191, 513, 527, 529, 531, 535])
    victim.say({
      cid,
      uuid: `uuid-${cid}`,
      ts: now,
      engagement_uid: theirs.popup,
      segment_id: theirs.segment,
      eventType: 'x',
      all_read: true,
      all_deleted: true,
    });
  expect(await victim.ask({ cid: 1 })).toMatchObject({ errCode: 0 });
  expect(JSON.stringify(victim.told)).not.toContain(SECRET);
  const stranger = await connectClient(collector);
  expect(await stranger.ask({ cid: 3, label_key: theirs.publicKey })).toMatchObject({ errCode: 0 });
  expect((await stranger.ask({ cid: 5, ext_user_id: theirs.user })).errMsg).toMatch(/^identity_unverified/);
  expect(JSON.stringify(stranger.told)).not.toContain(theirs.popup);
});

test('after all of it the other label is as it was, in the files and as its operator sees it', async () => {
  expect(await allOfTheirs(collector)).toBe(before);
});

test('the log and the metrics have no word of it', async () => {
  const metrics = await (await fetch(`${collector.url}/metrics`)).text();
  // A label's name is what its numbers go by.
  const words = (collector.log + metrics).replaceAll(theirs.name, '');
  expect([words.includes(SECRET), words.includes(THEIRS)]).toEqual([false, false]);
});
