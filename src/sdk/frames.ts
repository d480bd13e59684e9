/**
 * Bundle entry of the room of frames: hands it to the core that fetched it.
 */
import { createFrames } from './frames/room.ts';

const { global } = (document.currentScript as HTMLScriptElement).dataset;
(window as unknown as { [name: string]: (room: object) => void })[`${global}:frames`]?.({ createFrames });
