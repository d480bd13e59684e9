/**
 * What is known in the page without asking anybody: the facts, but for the collector's word. Looks and changes nothing.
 */
import { browserRefuses } from '../consent.ts';
import { LOCALHOST } from '../localhost.ts';
import type { Diagnosis, Facts } from './diagnosis.ts';
import type { DoctorNeeds } from './doctor.ts';

declare const VERSION: string;

const NOTICE = /^\[smartico] (\w+): (.*)$/s;
/** A script tag of the SDK, by its plain name or that of its pinned copy; its rooms have other names. */
const OURS = /\/smartico(\.[0-9a-f]{12})?\.js([?#]|$)/;

const byCode = (codes: (string | undefined)[]): { [code: string]: number } => {
  const counts: { [code: string]: number } = Object.create(null);
  for (const code of codes) if (code) counts[code] = (counts[code] ?? 0) + 1;
  return { ...counts };
};

/** Whether text outlives this document: an own key is written and taken away again. */
const keepsText = (root: Window, key: string): boolean => {
  try {
    root.localStorage.setItem(key, key);
    root.localStorage.removeItem(key);
    return true;
  } catch {
    return false; // that it is refused is the answer
  }
};

export const lookAround = async (needs: DoctorNeeds): Promise<Facts> => {
  const { root, now, name, settings, wanted, consent, identity, line, pipelines, told } = needs;
  const smartico = needs.smartico();
  const { document, location, navigator } = root;
  const known = wanted();
  const initialised = settings() !== undefined;
  const given = consent.given();
  const notices = [...told]
    .map((words) => NOTICE.exec(words))
    .map((found) => ({ code: found?.[1], about: found?.[2] }));
  const about = (code: string) => notices.filter((one) => one.code === code).map((one) => one.about ?? '');

  const [{ recent, dead, pending }, losses, state] = await Promise.all([
    smartico.receipts(),
    smartico.losses(),
    pipelines.condition(),
  ]);
  const lasting = given && keepsText(root, `${name}:doctor`);
  const [memory = lasting ? 0 : pending, journal = pending - memory, database = null] = state?.waiting ?? [];
  const refusals = recent.filter(({ verdict }) => verdict === 'rejected');
  const last = refusals.at(-1);
  const { until = 0, asked = 0 } = state ?? {};
  const live = line.here();
  const onLocalhost = LOCALHOST.test(location.href);
  const time = (at: number) => new Date(at).toISOString();
  const tags = [...document.querySelectorAll<HTMLScriptElement>('script[src]')];
  const stored: Diagnosis['facts']['storage'] = database !== null ? 'database' : lasting ? 'journal' : 'memory';

  return {
    sdk: smartico.version,
    released: VERSION,
    page: root.origin,
    label: known?.label ?? null,
    brand: known?.brand ?? null,
    collector: known?.address ?? null,
    publisher: known?.publisher ?? false,
    initialised,
    consent: consent.refused() ? 'refused' : given ? 'given' : 'awaited',
    gpc: browserRefuses(root),
    localhost: !onLocalhost ? 'no' : root[`${name}_allow_localhost`] === true ? 'allowed' : 'guarded',
    online: navigator.onLine !== false,
    visible: document.visibilityState !== 'hidden',
    user: smartico.checkSuccessfullyIdentify() ? 'identified' : identity.user() === null ? 'visitor' : 'named',
    proof: identity.hash() !== undefined,
    waiting: { all: pending, database, journal, memory },
    storage: memory > 0 ? 'memory' : stored,
    stored: recent.filter(({ verdict }) => verdict === 'stored').length,
    duplicate: recent.filter(({ verdict }) => verdict === 'duplicate').length,
    rejected: byCode(refusals.map(({ code }) => code)),
    rejection: last ? `${last.message}` : null,
    dead: byCode(dead.map(({ code }) => code)),
    losses,
    stopped: state?.stopped || null,
    retry: until > now() ? { at: time(until), asked: Boolean(asked) } : null,
    answered: state?.answered ? time(state.answered) : null,
    ahead: null,
    live: live?.condition().line ?? 'absent',
    held: live?.condition().held ?? [],
    global: root[name] === smartico || root[name] === undefined ? 'ours' : 'other',
    scripts: tags.map(({ src }) => src).filter((src) => OURS.test(src)),
    strangers: about('frame_refused'),
    told: [...new Set(notices.map(({ code }) => code ?? ''))],
    probe: { is: 'not asked' },
  };
};
