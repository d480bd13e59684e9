/**
 * The doctor put together: looks around, asks the collector if that may be done, judges, reports. Wiring only.
 */
import type { Diagnosis, Facts } from './diagnosis.ts';
import type { DoctorNeeds } from './doctor.ts';
import { judge } from './judge.ts';
import { lookAround } from './look.ts';
import { probeCollector } from './probe.ts';
import { report } from './report.ts';

/** Of the time that is left: two rounds of questions, and something for all else. */
const SHARE = 0.45;

/** Nobody is asked without consent, from a guarded machine, before a label is known, or while the collector wants to be left alone. */
const mayAsk = ({ initialised, consent, localhost, online, retry }: Facts): boolean =>
  initialised && consent === 'given' && localhost !== 'guarded' && online && !retry?.asked;

export const examine = async (needs: DoctorNeeds, left: number): Promise<Diagnosis> => {
  const before = await lookAround(needs);
  const settings = needs.wanted();
  const probed =
    settings && mayAsk(before) && (await probeCollector({ ...needs, ...settings, patience: Math.round(left * SHARE) }));
  // What was on its way has arrived meanwhile, and a database that was opening is open.
  const facts = probed ? { ...(await lookAround(needs)), ...probed } : before;
  const diagnosis = judge(facts);
  report(needs.root.console, diagnosis);
  return diagnosis;
};
