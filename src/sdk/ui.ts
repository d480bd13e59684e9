/**
 * Bundle entry of `smartico_ui.js`, which `smartico.js` fetches when something is to be drawn: hands the room over to the
 * function that waits for it in the window.
 */
import { createUi } from './ui/room.ts';
import type { UiModule } from './ui/ui.ts';

const { global } = (document.currentScript as HTMLScriptElement).dataset;
(window as unknown as { [name: string]: (room: UiModule) => void })[`${global}:ui`]?.({ createUi });
