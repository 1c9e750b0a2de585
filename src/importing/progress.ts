// What an import tells while it runs, and at its end.
import type { Problem } from './item.ts';
import type { Format } from './source.ts';

/** The two passes over a file: nothing is written before all of it was checked. */
export type Pass = 'checking' | 'importing';

export type OnProgress = (pass: Pass, bytes: number) => void;

export type Summary = {
  format: Format;
  /** Events or memories in the file. */
  items: number;
  /** Written by this run; in a dry run, what would be. */
  imported: number;
  /** There before: written by an earlier run, or twice in the file. */
  there: number;
  /** Passed over as they expired already. */
  expired: number;
  bad: number;
  /** The first bad items. */
  problems: Problem[];
  /** Whether it was written at all. */
  written: boolean;
};

const NAMED = 20;

export type ImportOptions = { skipBad: boolean; dryRun: boolean; onProgress: OnProgress };

export const newSummary = (format: Format): Summary => ({
  format,
  items: 0,
  imported: 0,
  there: 0,
  expired: 0,
  bad: 0,
  problems: [],
  written: false,
});

export function addProblem(summary: Summary, { line, problem }: Problem): void {
  summary.bad += 1;
  if (summary.problems.length < NAMED) summary.problems.push({ line, problem });
}
