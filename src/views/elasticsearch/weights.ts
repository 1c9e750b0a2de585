// How often a passage has each term, all fields and what neighbours lend added up with their weights: what its coverage
// is counted from. The weights are tenths, so they are kept as whole numbers.
import type { TermCounts } from '../../text/analysis.ts';

export type Weights = {
  /** term → tenths. */
  tenths: ReadonlyMap<string, number>;
  /** Their sum. */
  length: number;
};

/** Adds up `[counts, weight]` pairs. */
export function weightsOf(parts: readonly (readonly [TermCounts, number])[]): Weights {
  const tenths = new Map<string, number>();
  let length = 0;
  for (const [counts, weight] of parts)
    for (const [term, count] of counts) {
      const more = Math.round(count * weight * 10);
      tenths.set(term, (tenths.get(term) ?? 0) + more);
      length += more;
    }
  return { tenths, length };
}

/** No term has a space. */
export const encodeWeights = ({ tenths }: Weights): string =>
  Array.from(tenths, ([term, count]) => `${term} ${count}`).join(' ');

export function decodeWeights(text: string): Map<string, number> {
  const parts = text === '' ? [] : text.split(' ');
  const tenths = new Map<string, number>();
  for (let i = 0; i < parts.length; i += 2) tenths.set(parts[i] ?? '', Number(parts[i + 1]));
  return tenths;
}
