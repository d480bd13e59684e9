/**
 * Events a minute over the last hour: drawn, read out minute by minute with the arrow keys or the pointer, and as a table.
 */
import { byId, shape, table } from './draw.ts';
import {
  barsOf,
  hourWords,
  lastHour,
  MINUTE,
  minuteWords,
  outcomes,
  SHOWN_MINUTES,
  scaleTop,
  total,
  totals,
} from './minutes.ts';
import type { Minute } from './shapes.ts';
import { count, minuteText } from './words.ts';

const WIDTH = 10;

export interface Chart {
  /** The whole hour, as the collector has it. */
  show(minutes: Minute[]): void;
  /** One minute as it stands now. */
  update(minute: Minute): void;
}

export const createChart = (): Chart => {
  const chart = byId('chart');
  const readout = byId('chart-readout');
  const rows = byId('chart-rows');
  const known = new Map<number, Minute>();
  let minutes: Minute[] = [];
  /** The minute being read out; none reads out the whole hour. */
  let chosen: number | null = null;

  const drawBars = (): SVGElement => {
    const top = scaleTop(minutes);
    byId('chart-top').textContent = count(top);
    byId('chart-half').textContent = count(top / 2);
    const columns = minutes.map((minute, index) =>
      shape(
        'g',
        { class: minute.minute === chosen ? 'chosen' : null },
        shape('rect', { class: 'column', x: index * WIDTH, y: 0, width: WIDTH, height: 100 }),
        ...barsOf(minute, top).map((bar) =>
          shape('rect', {
            class: bar.outcome,
            x: index * WIDTH + 1.5,
            y: bar.top,
            width: WIDTH - 3,
            height: bar.height,
          }),
        ),
      ),
    );
    const viewBox = `0 0 ${SHOWN_MINUTES * WIDTH} 100`;
    return shape('svg', { viewBox, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, ...columns);
  };

  const draw = (): void => {
    minutes = lastHour([...known.values()], Date.now());
    const first = minutes[0]?.minute ?? 0;
    for (const minute of known.keys()) if (minute < first) known.delete(minute);
    const reading = minutes.find(({ minute }) => minute === chosen);
    readout.textContent = reading ? minuteWords(reading) : hourWords(minutes);
    chart.setAttribute('aria-valuetext', readout.textContent);
    chart.setAttribute('aria-valuenow', String(reading ? minutes.indexOf(reading) + 1 : SHOWN_MINUTES));
    chart.replaceChildren(drawBars());
    for (const [outcome, sum] of Object.entries(totals(minutes))) byId(`total-${outcome}`).textContent = count(sum);
    byId('chart-from').textContent = minuteText(first);
    if (byId<HTMLDetailsElement>('chart-table').open) drawTable();
  };

  const drawTable = (): void =>
    rows.replaceChildren(
      table(
        'Minutes with events, latest first',
        ['Minute', 'Stored', 'Duplicate', 'Rejected'],
        minutes
          .filter(total)
          .reverse()
          .map((minute) => [minuteText(minute.minute), ...outcomes.map((outcome) => count(minute[outcome]))]),
      ),
    );

  const choose = (minute: number | null): void => {
    chosen = minute;
    draw();
  };
  const steps: { [key: string]: number } = { ArrowLeft: -1, ArrowRight: 1, Home: -SHOWN_MINUTES, End: SHOWN_MINUTES };
  chart.addEventListener('keydown', (press) => {
    if (press.key === 'Escape') return choose(null);
    const step = steps[press.key];
    if (!step) return;
    press.preventDefault();
    const at = chosen === null ? SHOWN_MINUTES : minutes.findIndex(({ minute }) => minute === chosen);
    choose(minutes[Math.min(SHOWN_MINUTES - 1, Math.max(0, at + step))]?.minute ?? null);
  });
  chart.addEventListener('blur', () => choose(null));
  chart.addEventListener('pointermove', ({ clientX }) => {
    const { left, width } = chart.getBoundingClientRect();
    const under = minutes[Math.floor(((clientX - left) / width) * SHOWN_MINUTES)]?.minute ?? null;
    if (under !== chosen) choose(under);
  });
  chart.addEventListener('pointerleave', () => choose(null));
  byId('chart-table').addEventListener('toggle', drawTable);
  // Time passes without events too: the hour moves on.
  setInterval(draw, MINUTE / 4);

  return {
    show: (all) => {
      for (const minute of all) known.set(minute.minute, minute);
      draw();
    },
    update: (minute) => {
      known.set(minute.minute, minute);
      draw();
    },
  };
};
