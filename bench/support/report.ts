// What every bench prints: the machine, a table of figures, and notes on how they were taken. With `--json`, the same
// as one JSON object, so that a figure can be kept and compared.
import { cpus, release, totalmem } from 'node:os';
import Table from 'cli-table3';

type Cell = string | number;

type Report = {
  title: string;
  /** One object a line; the first one's keys are the table's head. Numbers are rounded for the eye only. */
  rows: readonly Readonly<Record<string, Cell>>[];
  /** What a reader must know to believe the figures: data, baseline, what was asserted. */
  notes?: readonly string[];
  /** Prints JSON in place of the table; `--json` on the command line unless given. */
  json?: boolean;
};

/** The machine that the figures come from, in one line. */
export function machine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${model} × ${processors.length}, ${memory} GB, ${process.platform} ${release()}, node ${process.version}`;
}

/** The value that `p` per cent of the values do not exceed (nearest rank); NaN when there is none. */
export function percentile(values: ArrayLike<number>, p: number): number {
  const sorted = Float64Array.from(values).sort();
  const rank = Math.ceil((p / 100) * sorted.length);
  return sorted[Math.max(rank, 1) - 1] ?? Number.NaN;
}

/** The middle value: what a run that the machine disturbed moves least. */
export const median = (values: ArrayLike<number>): number => percentile(values, 50);

export function report({ title, rows, notes = [], json = process.argv.includes('--json') }: Report): void {
  if (json) {
    console.log(JSON.stringify({ title, machine: machine(), rows, notes }));
    return;
  }
  const head = Object.keys(rows[0] ?? {});
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: head.map((name) => (typeof rows[0]?.[name] === 'number' ? 'right' : 'left')),
  });
  for (const row of rows) table.push(head.map((name) => written(row[name] ?? '')));
  console.log([title, machine(), table.toString(), ...notes.map((note) => `· ${note}`), ''].join('\n'));
}

function written(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  return cell.toLocaleString(
    'en',
    Math.abs(cell) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  );
}
