/**
 * What the whole surface costs a page until its first popup is on the screen: files by what the page uses, and the main
 * thread of a slow phone beside that of a bare page.
 */
import { onPage, type Scene, slowDown, workMeter } from './fresh-page.ts';
import { sendPopup } from './live-stream.ts';
import { newUser, siteOf } from './live-trips.ts';

/** Of a page that shows a popup. */
const FILES = ['smartico.js', 'smartico_live.js', 'smartico_ui.js'];

/** One value a load. */
export interface Load
  extends Record<'scriptMs' | 'bareScriptMs' | 'drawnMs' | 'longTasks' | 'bareLongTasks', number[]> {
  /** By file of ours: the longest that it held a frame over 50 ms; 0 where there was none. */
  longest: Map<string, number[]>;
}
export const noLoad = (): Load => ({
  ...{ scriptMs: [], bareScriptMs: [], drawnMs: [], longTasks: [], bareLongTasks: [] },
  longest: new Map(FILES.map((file) => [file, []])),
});

const SLOWER = 4;
/** After the popup is on the screen: the report of it, and whatever else was put off. */
const TAIL_MS = 1_500;
const LOADS_EACH_ROUND = 4;

const bareLoad = (scene: Scene, load: Load): Promise<void> =>
  onPage(scene, 'a bare page', async (tab) => {
    await slowDown(tab, SLOWER);
    const scripting = await workMeter(tab, 'ScriptDuration');
    await tab.evaluate((collector) => window.live.watchLongTasks(collector), scene.collector);
    const before = await scripting();
    await tab.waitForTimeout(TAIL_MS);
    load.bareScriptMs.push((await scripting()) - before);
    load.bareLongTasks.push((await tab.evaluate(() => window.live.held())).longTasks);
  });

/** The popup waits for the visitor: it comes with the answer to who they are. */
const popupLoad = (scene: Scene, load: Load): Promise<void> =>
  onPage(scene, 'until the first popup', async (tab) => {
    const user = newUser();
    await sendPopup(scene.collector, user, 'Welcome');
    await slowDown(tab, SLOWER);
    const scripting = await workMeter(tab, 'ScriptDuration');
    await tab.evaluate((collector) => window.live.watchLongTasks(collector), scene.collector);
    const before = await scripting();
    const drawnMs = await tab.evaluate(
      async (site) => {
        const from = performance.timeOrigin + performance.now();
        await window.live.start(site);
        return (await window.live.when('drawn Welcome')) - from;
      },
      siteOf(scene, user),
    );
    await tab.waitForTimeout(TAIL_MS);
    const { longTasks, longest } = await tab.evaluate(() => window.live.held());
    load.drawnMs.push(drawnMs);
    load.scriptMs.push((await scripting()) - before);
    load.longTasks.push(longTasks);
    for (const [file, values] of load.longest) values.push(longest[file] ?? 0);
  });

export const measureLoad = async (scene: Scene, load: Load): Promise<void> => {
  for (let i = 0; i < LOADS_EACH_ROUND; i++) {
    await bareLoad(scene, load);
    await popupLoad(scene, load);
  }
};

export interface Download {
  what: string;
  /** Files that came since the row before. */
  files: string[];
}

/** What a real page fetches, step by step. */
export const watchDownloads = (scene: Scene): Promise<Download[]> =>
  onPage(scene, 'what is downloaded', async (tab) => {
    const user = newUser();
    const fetched = () => tab.evaluate((collector) => window.live.scriptsFrom(collector), scene.collector);
    const site = siteOf(scene, user);
    await tab.evaluate((given) => window.live.start(given), site);
    const [core = '', ...more] = await fetched();
    await tab.evaluate(() => window._smartico.api.checkSegmentMatch('any'));
    const asking = await fetched();
    await sendPopup(scene.collector, user, 'Welcome');
    await tab.evaluate(() => window.live.when('drawn Welcome'));
    const drawing = await fetched();
    return [
      { what: 'events: in the page', files: [core] },
      { what: 'a label: props, tags, pushes', files: more },
      { what: 'the first question of `api`', files: asking.slice(1 + more.length) },
      { what: 'the first thing drawn', files: drawing.slice(asking.length) },
    ];
  });
