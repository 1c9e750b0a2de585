// Search: candidates from the views by meaning and by words, fused here into one order.
import { readerOf } from '../access/caller.ts';
import { effectivenessOf } from '../domain/effectiveness.ts';
import type { Instant, Position } from '../domain/event.ts';
import { Failure } from '../domain/failure.ts';
import { canRead } from '../domain/visibility.ts';
import type { Candidate, MemoryFilter, MemoryView, SearchMode, SearchPage } from '../views/view-store.ts';
import { decayOf } from './decay.ts';
import type { QueryContext } from './dependencies.ts';
import { byScore, scoreOf } from './fusion.ts';
import { waitForVectors } from './wait.ts';

export type SearchInput = {
  query: string;
  mode: SearchMode;
  filter: MemoryFilter;
  includeDeprecated: boolean;
  /** 1 to 100. */
  first: number;
  minScore: number | null;
  decay: boolean;
  effectivenessWeight: number;
  minPosition: Position | null;
};

/** What made a score; null where a part was not asked for, or is not known. */
export type Explain = Pick<Candidate, 'similarity' | 'coverage' | 'matchedTerms' | 'passage'> & {
  decay: number | null;
  effectiveness: number | null;
};
export type SearchHit = MemoryView & { score: number; explain: Explain };
export type SearchResult = { hits: SearchHit[]; position: Position };

/** Candidates a channel, at least: the union of two times as many ranks as if everything had been scored. */
const CANDIDATES = 50;

/** So many times as many when age or votes may raise what stood lower. */
const RERANKED = 4;

export const candidatesFor = (first: number, reranked: boolean): number =>
  Math.max(CANDIDATES, first) * (reranked ? RERANKED : 1);

export async function search(context: QueryContext, input: SearchInput): Promise<SearchResult> {
  readerOf(context.caller);
  await waitForVectors(context, input.minPosition, 'input.minPosition');
  const reranked = input.decay || input.effectivenessWeight !== 0;
  const now = context.clock().toISOString();
  const page = await findCandidates(context, {
    text: input.query,
    mode: input.mode,
    filter: input.filter,
    includeDeprecated: input.includeDeprecated,
    limit: candidatesFor(input.first, reranked),
    now,
  });
  const hits = page.candidates.map((candidate) => hitOf(candidate, input, now)).filter((hit) => hit !== null);
  return { hits: hits.sort(byScore).slice(0, input.first), position: page.position ?? context.log.start };
}

type CandidateQuery = {
  text: string;
  mode: SearchMode;
  filter: MemoryFilter;
  includeDeprecated: boolean;
  limit: number;
  now: Instant;
};

/** What the caller may read, however the views came by it. */
export async function findCandidates(context: QueryContext, query: CandidateQuery): Promise<SearchPage> {
  const reader = readerOf(context.caller);
  const vector = await vectorOf(context, query.text, query.mode);
  const page = await context.views.search({ reader, vector, ...query });
  return { ...page, candidates: page.candidates.filter(({ memory }) => canRead(reader, memory)) };
}

/** null: words alone decide, as they were asked to or because the embedder is away. */
async function vectorOf(context: QueryContext, text: string, mode: SearchMode): Promise<Float32Array | null> {
  if (mode === 'KEYWORD') return null;
  try {
    return await context.embedQuery(text);
  } catch (error) {
    if (mode === 'HYBRID' && error instanceof Failure && error.code === 'UNAVAILABLE') return null;
    throw error;
  }
}

function hitOf(candidate: Candidate, input: SearchInput, now: Instant): SearchHit | null {
  const { memory, votes, similarity, coverage, matchedTerms, passage } = candidate;
  const fused = scoreOf(candidate, input.mode, input.minScore);
  if (fused === null) return null;
  const decay = input.decay ? decayOf(memory, now) : null;
  const effectiveness = input.effectivenessWeight === 0 ? null : effectivenessOf(votes.votes).score;
  const score = fused * (decay ?? 1) * (1 + input.effectivenessWeight * (effectiveness ?? 0));
  return { memory, votes, score, explain: { similarity, coverage, matchedTerms, passage, decay, effectiveness } };
}
