/**
 * What the core and the room of frames know of each other. The room (`smartico_frames.js`, fetched when a frame knocks) lets
 * the page's frames make the page's calls. Shapes only.
 */
import type { WindowMessage } from '../../bridge/handshake.ts';
import type { SdkCode } from '../../wire/codes.ts';
import type { InitOptions, Smartico } from '../api.ts';
import type { Callbacks } from '../callbacks.ts';
import type { Call } from '../calls.ts';
import type { Made } from '../capture.ts';
import type { Identity } from '../identity.ts';
import type { Lose } from '../losses.ts';
import type { Tell } from '../notice.ts';
import type { ScriptTag, Settings } from '../options.ts';
import type { TextStore } from '../platform.ts';
import type { Speaker } from '../speaker.ts';

export interface FramesNeeds {
  root: Window;
  now(): number;
  /** Of the global: both sides' word for the bridge. */
  name: string;
  script: ScriptTag;
  smartico: Smartico;
  /** What the page was initialised with, or will be once it may report. */
  settings(): Settings | undefined;
  init(label: string, options?: InitOptions): void;
  identity: Identity;
  callbacks: Callbacks;
  /** The session's id now. */
  session(): string;
  /** Ends with the tab. */
  tab: TextStore;
  /** Records what a frame did, if the page may report at all. */
  record(call: Call | undefined, made: Made): string | undefined;
  /** Why the page may not report. */
  forbidden(): SdkCode | undefined;
  /** Runs in the name of a frame of this origin. */
  as: Speaker['as'];
  /** Whether the visitor agreed, or was never asked. */
  given(): boolean;
  lose: Lose;
  random(): string;
  tell: Tell;
}

export interface Frames {
  /** A window said something; hellos are answered. */
  heard(message: WindowMessage): void;
}

export interface FramesModule {
  createFrames(needs: FramesNeeds): Frames;
}
