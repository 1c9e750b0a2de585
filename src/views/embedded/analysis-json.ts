// An analysis as it is kept beside its document, so that a start need not analyse every text again.
import type { Analysis, TermCounts } from '../../text/analysis.ts';

type Terms = (string | number)[];
type Kept = { fields: Terms; passages: { start: number; end: number; hash: string; terms: Terms }[] };

export function analysisToJson({ fields, passages }: Analysis): string {
  const kept: Kept = {
    fields: [...fields].flat(),
    passages: passages.map(({ start, end, hash, terms }) => ({ start, end, hash, terms: [...terms].flat() })),
  };
  return JSON.stringify(kept);
}

export function analysisFromJson(text: string): Analysis {
  const { fields, passages } = JSON.parse(text) as Kept;
  return {
    fields: countsOf(fields),
    passages: passages.map((passage) => ({ ...passage, terms: countsOf(passage.terms) })),
  };
}

function countsOf(terms: Terms): TermCounts {
  const counts = new Map<string, number>();
  for (let i = 0; i < terms.length; i += 2) counts.set(String(terms[i]), Number(terms[i + 1]));
  return counts;
}
