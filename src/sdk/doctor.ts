/**
 * Bundle entry of the doctor: hands it to the core that fetched it.
 */
import { examine } from './doctor/room.ts';

const { global } = (document.currentScript as HTMLScriptElement).dataset;
(window as unknown as { [name: string]: (room: object) => void })[`${global}:doctor`]?.({ examine });
