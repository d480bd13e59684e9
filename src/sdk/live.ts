/**
 * Bundle entry of the live room: hands it to the core that fetched it.
 */
import { createLive } from './live/room.ts';

const { global } = (document.currentScript as HTMLScriptElement).dataset;
(window as unknown as { [name: string]: (room: object) => void })[`${global}:live`]?.({ createLive });
