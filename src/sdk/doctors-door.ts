/**
 * Where the page asks why its events do not arrive: fetches the doctor with the question. One that does not come is a finding
 * too, and told from here. There is always an answer, and in time; whoever asks meanwhile hears the same one.
 */
import type { Diagnosis, Verdict } from './doctor/diagnosis.ts';
import type { DoctorNeeds } from './doctor/doctor.ts';
import type { Pins, Rooms } from './rooms.ts';

/** Put in by the build. */
declare const ROOMS: Pins;

/** Milliseconds for file and answer, and for a last look where there is none: 5 s in all. */
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
    const from = address();
    const until = root.performance.now() + ANSWER;
    let here = false;
    let directive = '';
    let failed: unknown = '';
    /** What comes in time; what is late, or fails, is nothing. */
    const within = <T>(wait: number, work: Promise<T>): Promise<T | undefined> =>
      Promise.race([work, new Promise<undefined>((resolve) => setTimeout(resolve, wait))]).catch((cause) => {
        failed ||= cause;
        return undefined;
      });
    // A policy that forbids the file tells nobody but who listens; one that only reports forbids nothing.
    const hear = ({ blockedURI, disposition, effectiveDirective }: SecurityPolicyViolationEvent) => {
      if (disposition === 'enforce' && blockedURI.includes(from)) directive ||= effectiveDirective;
    };
    root.document.addEventListener('securitypolicyviolation', hear);
    const coming = rooms.load('doctor', from, ROOMS).then((doctor) => {
      here = true;
      return doctor.examine(needs, until - root.performance.now());
    });
    const diagnosis = await within(ANSWER, coming);
    root.document.removeEventListener('securitypolicyviolation', hear);
    if (diagnosis) return diagnosis;
    const answers = (path: string) =>
      within(LAST_LOOK, root.fetch(from + path, { mode: 'no-cors', credentials: 'omit', referrerPolicy: 'origin' }));
    const [file, near] = await Promise.all([answers(FILE), answers('/healthz')]);
    let verdict: Verdict = root.navigator.onLine ? 'collector_unreachable' : 'offline';
    if (/^https:http:/.test(root.location.protocol + from)) verdict = 'mixed_content';
    if (near && !here) verdict = 'blocked_by_extension';
    // One that came and was late is no stranger.
    if (file && !here) verdict = 'answered_by_stranger';
    if (directive) verdict = 'blocked_by_policy';
    const says = `no answer of ${from}${FILE} ${directive}`;
    const todo =
      verdict === 'offline' ? 'wait: events are kept until it is back' : 'README: Why do my events not arrive?';
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
