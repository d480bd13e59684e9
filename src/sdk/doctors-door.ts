/**
 * Where the page asks why its events do not arrive: fetches the doctor with the question. One that does not come is a finding
 * too, and told from here. There is always an answer, and in time; whoever asks meanwhile hears the same one.
 */
import type { Diagnosis, Verdict } from './doctor/diagnosis.ts';
import type { DoctorNeeds } from './doctor/doctor.ts';
import { hearPolicy } from './doctor/policy.ts';
import type { Pins, Rooms } from './rooms.ts';

/** Put in by the build. */
declare const ROOMS: Pins;

/** Milliseconds for the file, for file and answer, and for a last look where there is neither: 5 s in all. */
const ARRIVAL = 2_500;
const ANSWER = 4_000;
const LAST_LOOK = 1_000;
const FILE = '/smartico_doctor.js';

/** @param address from where our files come */
export const openDoctorsDoor = (
  rooms: Rooms,
  address: () => string,
  needs: DoctorNeeds,
): (() => Promise<Diagnosis>) => {
  const { root } = needs;
  let asked: Promise<Diagnosis> | undefined;
  const examine = async (): Promise<Diagnosis> => {
    let failed: unknown = '';
    /** What comes in time; what is late, or fails, is nothing. */
    const within = <T>(wait: number, work: Promise<T>): Promise<T | undefined> =>
      Promise.race([work, new Promise<undefined>((resolve) => setTimeout(resolve, wait))]).catch((cause) => {
        failed ||= cause;
        return undefined;
      });
    const from = address();
    const began = root.performance.now();
    const policy = hearPolicy(root, from);
    const doctor = await within(ARRIVAL, rooms.load('doctor', from, ROOMS));
    const left = ANSWER + began - root.performance.now();
    const diagnosis = doctor && (await within(left, doctor.examine(needs, left)));
    policy.rest();
    if (diagnosis) return diagnosis;
    const directive = policy.directive();
    const answers = (path: string) => within(LAST_LOOK, root.fetch(from + path, { mode: 'no-cors' }));
    const [file, near] = await Promise.all([answers(FILE), answers('/healthz')]);
    let verdict: Verdict = root.navigator.onLine ? 'collector_unreachable' : 'offline';
    if (root.location.protocol === 'https:' && /^http:/.test(from)) verdict = 'mixed_content';
    if (near && !doctor) verdict = 'blocked_by_extension';
    // One that came and was late is no stranger.
    if (file && !doctor) verdict = 'answered_by_stranger';
    if (directive) verdict = 'blocked_by_policy';
    const says = `no answer of ${from}${FILE} ${directive}`;
    const todo = 'README: Why do my events not arrive?';
    root.console.error(`[smartico] doctor: ${verdict}: ${says}; ${todo}`, failed);
    return { verdict, says, todo, also: [], facts: {} };
  };
  return () => {
    asked ??= examine().finally(() => {
      asked = undefined;
    });
    return asked;
  };
};
