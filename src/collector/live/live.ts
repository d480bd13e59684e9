/**
 * The live view's entry: wires the rooms of this page to one another, and opens or leaves a label.
 */
import { forgetKey, keepKey, keepReason, keptKey, readAddress, takeReason, writeAddress } from './admin-key.ts';
import { createAnnouncer } from './announce.ts';
import { createAsk, Refused } from './ask.ts';
import { createCampaignApi } from './campaign-api.ts';
import { createCampaigns } from './campaigns.ts';
import { createChart } from './chart.ts';
import { createCustomerPanel } from './customer.ts';
import { byId } from './draw.ts';
import { createEnvelope } from './envelope.ts';
import { createEventList } from './event-list.ts';
import type { Message } from './event-stream.ts';
import { createFeed } from './feed.ts';
import { everything } from './filter.ts';
import { createFilterForm } from './filter-form.ts';
import { createReadApi } from './read-api.ts';
import { createRegisterForm } from './registry.ts';
import { createRejections } from './rejections.ts';
import { createReports } from './reports.ts';
import { createSendForm } from './send-form.ts';
import { createSentTable } from './sent-table.ts';
import type { Minute, Refusal, StoredEvent } from './shapes.ts';
import { createSignIn } from './sign-in.ts';
import { type Connection, openStream } from './stream.ts';
import { createTabs } from './tabs.ts';
import { traceSection } from './trace.ts';
import type { Whose } from './whose.ts';

type Visit = { at: 'door' } | { at: 'trying'; key: string } | { at: 'inside'; key: string; closeStream(): void };

/** At most seven drawings a second: more cannot be read, and each costs the style of a thousand rows. */
const BETWEEN_DRAWINGS = 140;
const beforeDrawing = (run: () => void): void => void setTimeout(() => requestAnimationFrame(run), BETWEEN_DRAWINGS);
let visit: Visit = { at: 'door' };

const ask = createAsk(() => (visit.at === 'door' ? '' : visit.key));
const api = createReadApi(ask);
const campaignApi = createCampaignApi(ask);
const announcer = createAnnouncer();
const chart = createChart();
const rejections = createRejections();
const list = createEventList((event) => open(event));
const filterForm = createFilterForm({
  onFilter: (filter) => {
    byId('trouble').hidden = true;
    feed.look(filter);
  },
  onPause: () => feed.pause(),
  onResume: () => feed.resume(),
  say: announcer.say,
});
const feed = createFeed({
  api,
  beforeDrawing,
  onProblem: tell,
  onChange: (view) => {
    list.show(view.rows);
    filterForm.show(view);
  },
});
const envelope = createEnvelope({
  only: (part) => {
    filterForm.set({ ...everything, ...part });
    envelope.close();
  },
  showCustomer: (whose) => {
    envelope.close();
    openCustomer(whose);
  },
  traceOf: (eid) => traceSection(eid, campaignApi, tell),
  onClose: (event) => {
    list.mark(null);
    if (tabs.shown() !== 'events') return;
    writeAddress(null);
    list.focus(event.eid);
  },
});
const reports = createReports({ api, shown: () => tabs.shown(), onProblem: tell });
const tabs = createTabs((tab) => {
  if (tab === 'rejected') rejections.seen();
  if (visit.at === 'inside') reports.show(tab);
  if (tab === 'customer') customer.changed();
  if (tab === 'campaigns') campaigns.show();
});
const sent = createSentTable(campaignApi, tell);
const customer = createCustomerPanel({ api, campaigns: campaignApi, sent, onProblem: tell });
const campaigns = createCampaigns({ api: campaignApi, sent, onProblem: tell });
createSendForm({ api, customer: customer.shown, onSent: () => customer.changed() });
const signIn = createSignIn((key) => void enter(key).catch(tell));
createRegisterForm(api, () => reports.show('registry'));
byId('older').addEventListener('click', () => feed.older());
byId('leave').addEventListener('click', () => leave(''));
addEventListener('hashchange', () => {
  byId<HTMLDialogElement>('message').close();
  void openAddressed().catch(tell);
});

function tell(problem: unknown): void {
  if (!(problem instanceof Refused)) throw problem;
  const trouble = byId('trouble');
  trouble.textContent = `${problem.message} (${problem.code})`;
  trouble.hidden = false;
  if (problem.code === 'unknown_key') leave(problem.message);
}

function open(event: StoredEvent): void {
  // A link from another tab leads here too, and the envelope lies beside the list.
  if (tabs.shown() !== 'events') tabs.show('events');
  envelope.open(event);
  list.mark(event.eid);
  writeAddress({ event: event.eid });
}

function openCustomer(whose: Whose): void {
  tabs.show('customer');
  customer.open(whose);
}

function openCampaign(name: string): void {
  if (envelope.isOpen()) envelope.close();
  tabs.show('campaigns');
  campaigns.open(name);
}

async function openAddressed(): Promise<void> {
  const { place } = readAddress();
  if (!place || visit.at !== 'inside') return;
  if ('customer' in place || 'visitor' in place) return openCustomer(place);
  if ('campaign' in place) return openCampaign(place.campaign);
  const event = await api.event(place.event);
  if (event) open(event);
  else tell(new Refused('not_found', `There is no event ${place.event} under this label.`));
}

const heard: { [event: string]: (data: string) => void } = {
  stored: (data) => {
    const event = JSON.parse(data) as StoredEvent;
    feed.arrived(event);
    if (tabs.shown() === 'customer') customer.changed(event);
    announcer.stored();
  },
  rejected: (data) => {
    rejections.arrived(JSON.parse(data) as Refusal);
    announcer.rejected();
  },
  tally: (data) => {
    chart.update(JSON.parse(data) as Minute);
    reports.changed();
  },
  skipped: (data) => feed.skipped((JSON.parse(data) as { count: number }).count),
};
const onMessage = ({ event, data }: Message): void => heard[event]?.(data);

const connectionWords = (connection: Connection): string => {
  if (connection.at === 'waiting') return `no answer, retry in ${connection.seconds} s`;
  return { connecting: 'connecting', open: 'live', refused: 'refused' }[connection.at];
};

/** Every attempt is seen; a screen reader hears of a change, once. */
let heardOf: 'back' | 'lost' = 'back';
const hearConnection = (now: 'back' | 'lost'): void => {
  if (heardOf !== now) announcer.say(`The connection is ${now}.`);
  heardOf = now;
};

function onConnection(connection: Connection): void {
  byId('connection').dataset.at = connection.at;
  byId('connection').textContent = connectionWords(connection);
  if (connection.at === 'refused') leave(connection.message);
  if (connection.at === 'waiting') hearConnection('lost');
  if (connection.at === 'open') {
    hearConnection('back');
    byId('trouble').hidden = true;
    feed.catchUp();
    // What the stream does not repeat: counts and rejections of the time without it.
    void Promise.all([api.minutes(), api.rejections()]).then(([minutes, refusals]) => {
      chart.show(minutes);
      rejections.show(refusals);
    }, tell);
  }
}

/** Tries a key, and with the right one opens its label. */
async function enter(key: string, place = readAddress().place): Promise<void> {
  visit = { at: 'trying', key };
  try {
    const { name } = await api.label();
    byId('label-name').textContent = name;
    document.title = `${name} · Live view`;
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    visit = { at: 'door' };
    const wrong = problem.code === 'unknown_key';
    // A collector that is away says nothing about the key: a reload then asks again by itself.
    if (wrong) forgetKey();
    return signIn.ask(wrong ? 'This is not the admin key of any label.' : problem.message, key);
  }
  keepKey(key);
  signIn.done();
  byId('view').hidden = false;
  byId('leave').hidden = false;
  byId('trouble').hidden = true;
  visit = { at: 'inside', key, closeStream: openStream({ key, onMessage, onConnection }) };
  writeAddress(place);
  tabs.show('events');
  filterForm.set(everything);
  await openAddressed();
  reports.show('registry');
}

/** A fresh page: whatever was shown of this label goes with the old one. */
function leave(why: string): void {
  if (visit.at === 'inside') visit.closeStream();
  forgetKey();
  keepReason(why);
  location.reload();
}

const address = readAddress();
// A key in the address is read once; it must not stay in the history or on a screenshot.
writeAddress(address.place);
const key = address.key ?? keptKey();
if (key) void enter(key, address.place).catch(tell);
else signIn.ask(takeReason());
