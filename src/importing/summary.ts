// How an import ended, for people.
import type { Summary } from './progress.ts';

const number = (count: number) => count.toLocaleString('en');

export function textOf(summary: Summary, { dryRun, skipBad }: { dryRun: boolean; skipBad: boolean }): string {
  const things = summary.format === 'events' ? 'events' : 'memories';
  const { items, imported, there, expired, bad, problems, written } = summary;
  const lines = problems.map(({ line, problem }) => `line ${line}: ${problem}`);
  if (bad > problems.length) lines.push(`… and ${number(bad - problems.length)} more`);
  const counts = [
    `${number(imported)} of ${number(items)} ${things} ${written ? 'imported' : 'to import'}`,
    ...(there > 0 ? [`${number(there)} there already`] : []),
    ...(expired > 0 ? [`${number(expired)} expired, passed over`] : []),
    ...(bad > 0 ? [`${number(bad)} bad${skipBad ? ', passed over' : ''}`] : []),
  ];
  lines.push(`${counts.join('; ')}.`);
  if (!written && dryRun) lines.push('Nothing was written: a dry run.');
  else if (!written) lines.push('Nothing was written. Mend these lines, or pass them over with --skip-bad.');
  return lines.join('\n');
}
