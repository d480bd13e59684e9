/**
 * Numbers as a table states them: medians with their spread, percentiles, Markdown. Knows nothing of what was measured.
 */

export const quantile = (values: number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};
export const median = (values: number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
};

/** Three significant digits, thousands apart. */
export const short = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US', { maximumFractionDigits: Math.min(digits, 2) });
};

/** `median (lowest to highest)`, or the one value. */
export const spread = (values: number[]): string => {
  const known = values.filter(Number.isFinite);
  if (known.length === 0) return '-';
  const middle = short(median(known));
  const [low, high] = [short(Math.min(...known)), short(Math.max(...known))];
  return low === high ? middle : `${middle} (${low} to ${high})`;
};

/** What the person at the terminal asked for. */
export interface Asked {
  rounds: number;
  /** Before each measurement of the collector; it moves its writer to a thread after some seconds of load. */
  warmSeconds: number;
  log(line: string): void;
}

export interface Table {
  title: string;
  head: string[];
  rows: string[][];
  /** Sentences that belong to the numbers. */
  notes: string[];
}

export const markdown = ({ title, head, rows, notes }: Table): string => {
  const widths = head.map((cell, column) => Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]) => `| ${widths.map((width, i) => (cells[i] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  const told = notes.map((note) => `- ${note}`);
  return [`**${title}**`, '', line(head), rule, ...rows.map(line), '', ...told].join('\n');
};
