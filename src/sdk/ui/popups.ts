/**
 * When a popup is shown: it is next in line, nothing holds it back, the page is in front, no other tab shows one, and, if
 * it had to wait for that, the collector still would. Tells the collector what became of it.
 */
import type { activityTypes, PopupPush } from '../../wire/protocol.ts';
import type { Layer, Sheet } from './layer.ts';
import { createOneTab } from './one-tab.ts';
import { drawPopup } from './popup-frame.ts';
import { emptyLine, heldBack, joined, next, taken, type Waiting, without } from './popup-line.ts';
import type { UiNeeds } from './ui.ts';
import type { Words } from './words.ts';

/**
 * Between two popups, since the link of the first may be leaving the page. And between two tries for the turn of another
 * tab, which may end without a word.
 */
const PAUSE = 1_500;

const TYPE: typeof activityTypes.popup = 30;

type Stage =
  | { at: 'idle' }
  /** Whether the next one may be shown is being asked. */
  | { at: 'asking' }
  | { at: 'showing'; uid: string; sheet: Sheet }
  /** The page left; it may come back. */
  | { at: 'away' };

export interface Popups {
  add(push: PopupPush): void;
  /** Something that held popups back may have ended. */
  look(): void;
  /** The user changed. */
  reset(): void;
}

export const createPopups = (
  { platform, name, suspended, eligible, report, pressed, contentUrl, tell }: UiNeeds,
  layer: Layer,
  words: () => Words,
): Popups => {
  const { root, now } = platform;
  const { document } = root;
  let line = emptyLine;
  let stage: Stage = { at: 'idle' };
  let again: number | undefined;

  const oneTab = createOneTab(platform, `${name}:popup`, (uid) => {
    line = without(line, uid);
    if (stage.at === 'showing' && stage.uid === uid) stage.sheet.close();
    else look();
  });
  const heldNow = () => suspended('popups') || document.visibilityState === 'hidden';
  const hold = () => {
    line = heldBack(line, suspended('popups') ? 'missed' : 'waited');
  };

  const show = ({ push }: Waiting) => {
    const uid = push.engagement_uid;
    oneTab.tell(uid);
    const sheet = drawPopup(push, {
      layer,
      words: words(),
      contentUrl: contentUrl(uid),
      seen: () => report('impression', uid, TYPE),
      pressed: (action) => pressed(uid, TYPE, action),
      failed(cause) {
        tell('collector_unreachable', `content of ${uid}`, cause);
        report('failed', uid, TYPE);
      },
      closed() {
        oneTab.giveBack();
        oneTab.tell(uid);
        if (stage.at !== 'showing') return;
        stage = { at: 'idle' };
        lookLater();
      },
    });
    stage = { at: 'showing', uid, sheet };
  };
  /** What may become of the next in line, once it is this tab's turn. */
  const judge = async ({ push, since }: Waiting): Promise<'show' | 'later' | 'never'> => {
    try {
      if (since !== 'fresh' && !(await eligible(push.engagement_uid))) return 'never';
    } catch (cause) {
      // It stays in line: the next push or resume asks again.
      tell('collector_unreachable', 'popup', cause);
      return 'later';
    }
    return heldNow() ? 'later' : 'show';
  };
  const offer = async () => {
    const asking: Stage = { at: 'asking' };
    stage = asking;
    const turn = await oneTab.take();
    // Whatever came together is in line by now, and the greatest of it goes first.
    const entry = next(line, now());
    const verdict = turn && entry ? await judge(entry) : 'later';
    // The user changed or the page left while the question was on its way.
    const stale = stage !== asking;
    if (turn && (stale || verdict !== 'show')) oneTab.giveBack();
    if (stale) return look();
    stage = { at: 'idle' };
    if (!turn) lookLater();
    if (!entry || verdict === 'later') return hold();
    if (verdict === 'show') {
      line = taken(line, entry);
      show(entry);
      return hold();
    }
    line = without(line, entry.push.engagement_uid);
    look();
  };
  const look = (): void => {
    // A page that cleared itself took our drawing along, and nobody else says so.
    if (stage.at === 'showing' && !stage.sheet.dialog.isConnected) stage.sheet.close();
    if (heldNow() || stage.at === 'showing') hold();
    else if (stage.at === 'idle' && next(line, now())) void offer();
  };
  const lookLater = () => {
    root.clearTimeout(again);
    again = root.setTimeout(look, PAUSE);
  };
  /** Takes down what is shown, without a next one. */
  const end = (at: 'idle' | 'away') => {
    const former = stage;
    stage = { at };
    if (former.at === 'showing') former.sheet.close();
  };
  const leave = () => {
    end('away');
    oneTab.leave();
    hold();
  };

  document.addEventListener('visibilitychange', look);
  // Frozen, it would keep every other tab from showing one.
  document.addEventListener('freeze', () => oneTab.giveBack());
  root.addEventListener('pagehide', leave);
  root.addEventListener('pageshow', () => {
    if (stage.at !== 'away') return;
    stage = { at: 'idle' };
    oneTab.back();
    look();
  });

  return {
    add(push) {
      const { engagement_uid, popup } = push;
      if (typeof popup.title !== 'string' || !Array.isArray(popup.buttons)) {
        tell('bad_argument', `popup ${engagement_uid}`);
        report('failed', engagement_uid, TYPE);
        return;
      }
      line = joined(line, push);
      look();
    },
    look,
    reset() {
      line = emptyLine;
      end(stage.at === 'away' ? 'away' : 'idle');
    },
  };
};
