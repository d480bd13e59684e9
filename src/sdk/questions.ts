/**
 * Bundle entry of the questions room: hands it to the live room that fetched it.
 */
import { createQuestions } from './questions/room.ts';

const { global } = (document.currentScript as HTMLScriptElement).dataset;
(window as unknown as { [name: string]: (room: object) => void })[`${global}:api`]?.({ createQuestions });
