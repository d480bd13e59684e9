/**
 * Bundle entry of the publisher's room: hands it to the core that fetched it.
 */
import { createWay } from './publisher/room.ts';

const { global } = (document.currentScript as HTMLScriptElement).dataset;
(window as unknown as { [name: string]: (room: object) => void })[`${global}:publisher`]?.({ createWay });
