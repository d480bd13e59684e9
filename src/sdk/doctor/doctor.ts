/**
 * What the core and the doctor know of each other. The doctor (`smartico_doctor.js`, fetched with the first question) looks
 * at everything and changes nothing. Shapes only.
 */
import type { Smartico } from '../api.ts';
import type { Consent } from '../consent.ts';
import type { Identity } from '../identity.ts';
import type { LiveLine } from '../live-line.ts';
import type { Settings } from '../options.ts';
import type { Pipelines } from '../pipelines.ts';
import type { Platform } from '../platform.ts';
import type { Diagnosis } from './diagnosis.ts';

export interface DoctorNeeds extends Pick<Platform, 'root' | 'now' | 'random'> {
  /** Of the global: `_smartico`. */
  name: string;
  /** What the page calls. */
  smartico(): Smartico;
  /** With what the page runs; nothing before `init`, or while the page may not report. */
  settings(): Settings | undefined;
  /** What `init` was last given. */
  wanted(): Settings | undefined;
  consent: Pick<Consent, 'given' | 'refused'>;
  identity: Identity;
  line: Pick<LiveLine, 'here'>;
  pipelines: Pick<Pipelines, 'condition'>;
  /** What was told in the console. */
  told: ReadonlySet<string>;
}

export interface DoctorModule {
  /** @param left milliseconds that the page waits for the answer */
  examine(needs: DoctorNeeds, left: number): Promise<Diagnosis>;
}
