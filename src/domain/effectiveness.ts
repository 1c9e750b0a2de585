// What votes say of a memory.
import type { Vote } from './votes.ts';

export type Effectiveness = { score: number; confidence: number; helpful: number; harmful: number };

/** The 97.5 % quantile of the normal distribution: a two-sided interval of 95 %. */
const Z = 1.959963984540054;

/**
 * Lower bound of the Wilson score interval (95 %) for a share of `hits` in `total`; 0 without any.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilsonLowerBound(hits: number, total: number): number {
  if (total === 0) return 0;
  const share = hits / total;
  const z2 = Z * Z;
  const centre = share + z2 / (2 * total);
  const spread = Z * Math.sqrt((share * (1 - share) + z2 / (4 * total)) / total);
  return Math.max(0, (centre - spread) / (1 + z2 / total));
}

/** score = (helpful − harmful) / (helpful + harmful + 1); an owner's own votes do not count. */
export function effectivenessOf(votes: readonly Vote[]): Effectiveness {
  let helpful = 0;
  let harmful = 0;
  for (const vote of votes) {
    if (vote.own) continue;
    if (vote.value === 'HELPFUL') helpful++;
    else harmful++;
  }
  return {
    score: (helpful - harmful) / (helpful + harmful + 1),
    confidence: wilsonLowerBound(helpful, helpful + harmful),
    helpful,
    harmful,
  };
}
