/**
 * The survival table: a row for what died and when, a column for each state it died in. Decides what counts as a defect:
 * an event that is lost outside of what README names, or stored twice.
 */
import { median, short, type Table } from '../bench/figures.ts';
import { type Call, type State, states, type Verdict } from './deaths.ts';

const outsideWindow = ({ inWindow }: Call): boolean => !inWindow;

/** One sentence each. */
export const defectsOf = (verdicts: Verdict[]): string[] =>
  verdicts.flatMap(({ what, when, after, state, lost, twice }) => {
    const place = `${what}, ${when}${after === undefined ? '' : ` (${short(after)} ms)`}, database ${state.database}, ${state.wire}`;
    return [
      ...lost.filter(outsideWindow).map(({ name }) => `lost outside of every window: ${name} (${place})`),
      ...twice.map(({ name }) => `stored twice: ${name} (${place})`),
    ];
  });

/** `0 of 40`, and in brackets what README says can be lost: `(3 of 20)`. */
const cell = (verdicts: Verdict[]): string => {
  const calls = verdicts.flatMap(({ calls }) => calls);
  const lost = verdicts.flatMap(({ lost }) => lost);
  const of = (which: (call: Call) => boolean) => {
    const called = calls.filter(which).length;
    return called ? `${lost.filter(which).length} of ${called}` : '';
  };
  const inWindow = of(({ inWindow }) => inWindow);
  return [of(outsideWindow), inWindow && `(${inWindow})`].filter(Boolean).join(' ') || '-';
};

const delays = (verdicts: Verdict[]): string => {
  const known = verdicts.flatMap(({ after }) => after ?? []);
  return known.length ? `, really ${short(median(known))} (to ${short(Math.max(...known))})` : '';
};

const isIn = (state: State) => (verdict: Verdict) =>
  verdict.state.database === state.database && verdict.state.wire === state.wire;

export const survivalTable = (verdicts: Verdict[]): Table => {
  const keys = [...new Set(verdicts.map(({ what, when }) => `${what}\n${when}`))];
  const rows = keys.map((key) => {
    const [what = '', when = ''] = key.split('\n');
    const these = verdicts.filter((verdict) => verdict.what === what && verdict.when === when);
    const twice = these.reduce((sum, { twice }) => sum + twice.length, 0);
    return [
      what,
      when + delays(these),
      `${these.length}`,
      ...states.map((state) => cell(these.filter(isIn(state)))),
      `${twice}`,
    ];
  });
  return {
    title: 'Events lost of events called, by what died, when, and in which state',
    head: [
      'died',
      'after the call',
      'times',
      ...states.map(({ database, wire }) => `database ${database}, ${wire}`),
      'stored twice',
    ],
    rows,
    notes: ['In brackets: calls within a window in which they can be lost.'],
  };
};
