// Search: candidates from the views by meaning and by words, fused here into one order.
import { readerOf } from '../access/caller.ts';
import { effectivenessOf } from '../domain/effectiveness.ts';
import type { Instant, Position } from '../domain/event.ts';
import { Failure } from '../domain/failure.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import type { SearchMode } from '../domain/search-mode.ts';
import { canRead, type Reader } from '../domain/visibility.ts';
import { scoreOf } from '../text/score.ts';
import type { Best, Candidate, MemoryFilter, SearchPage, ViewReader } from '../views/view-store.ts';
import { type AsOf, inPast, type Moment, momentOf, stillReadable } from './as-of.ts';
import { decayOf } from './decay.ts';
import type { QueryContext } from './dependencies.ts';
import { byScore } from './fusion.ts';
import { keepReceipt } from './keep-receipt.ts';
import { waitForVectors } from './wait.ts';

/** What makes an answer. */
export type SearchQuestion = {
  query: string;
  mode: SearchMode;
  filter: MemoryFilter;
  includeDeprecated: boolean;
  /** 1 to 100. */
  first: number;
  minScore: number | null;
  decay: boolean;
  effectivenessWeight: number;
};

export type SearchInput = SearchQuestion & {
  minPosition: Position | null;
  /** As of now unless given. */
  asOf?: AsOf | null;
  /** Keeps the question and its answer as an event. */
  receipt?: boolean;
};

/** What made a score; null where a part was not asked for, or is not known. */
export type Explain = Pick<Candidate, 'similarity' | 'coverage' | 'matchedTerms' | 'passage'> & {
  decay: number | null;
  effectiveness: number | null;
};
export type SearchHit = MemoryView & { score: number; explain: Explain };
export type SearchResult = {
  hits: SearchHit[];
  position: Position;
  /** The id of what was kept. */
  receipt: string | null;
};

/** Candidates a channel, at least: the union of two times as many ranks as if everything had been scored. */
const CANDIDATES = 50;

/** So many times as many when age or votes may raise what stood lower. */
const RERANKED = 4;

export const candidatesFor = (first: number, reranked: boolean): number =>
  Math.max(CANDIDATES, first) * (reranked ? RERANKED : 1);

export async function search(context: QueryContext, input: SearchInput): Promise<SearchResult> {
  const reader = readerOf(context.caller);
  if (input.asOf != null) return searchAsOf(context, input, await momentOf(context, input.asOf, 'input.asOf'));
  // What is kept is to be found again: it says nothing of a moment at which the views were on their way.
  const reached = input.receipt ? await context.log.head() : input.minPosition;
  await waitForVectors(context, reached, 'input.minPosition');
  const now = context.clock().toISOString();
  const { hits, position } = await rank(context, input, { views: context.views, reader, now }, input.first);
  return kept(context, input, { hits: hits.slice(0, input.first), position: position ?? context.log.start }, now);
}

async function searchAsOf(context: QueryContext, input: SearchInput, moment: Moment): Promise<SearchResult> {
  const ranked = await inPast(context, moment, (views, reader) =>
    rank(context, input, { views, reader, now: moment.now }),
  );
  const hits = (await stillReadable(context, ranked.hits)).slice(0, input.first);
  return kept(context, input, { hits, position: moment.position }, moment.now);
}

async function kept(
  context: QueryContext,
  input: SearchInput,
  result: Omit<SearchResult, 'receipt'>,
  now: Instant,
): Promise<SearchResult> {
  return { ...result, receipt: input.receipt ? await keepReceipt(context, input, result, now) : null };
}

/** Where a question is put, with whose rights, and the time that decides what has expired. */
export type Asked = { views: Pick<ViewReader, 'search'>; reader: Reader; now: Instant };

/** All hits, best first; those after the first `wanted` may be missing. */
export async function rank(
  context: QueryContext,
  input: SearchQuestion,
  asked: Asked,
  wanted?: number,
): Promise<{ hits: SearchHit[]; position: Position | null }> {
  const reranked = input.decay || input.effectivenessWeight !== 0;
  const page = await findCandidates(context, asked, {
    text: input.query,
    mode: input.mode,
    filter: input.filter,
    includeDeprecated: input.includeDeprecated,
    limit: candidatesFor(input.first, reranked),
    // What age and votes do to a score is known only from the documents.
    ...(!reranked && wanted !== undefined && { best: { count: wanted, minScore: input.minScore } }),
  });
  const hits = page.candidates.map((candidate) => hitOf(candidate, input, asked.now)).filter((hit) => hit !== null);
  return { hits: hits.sort(byScore), position: page.position };
}

type CandidateQuery = {
  text: string;
  mode: SearchMode;
  filter: MemoryFilter;
  includeDeprecated: boolean;
  limit: number;
  best?: Best;
};

/** What the reader may read, however the views came by it. */
export async function findCandidates(
  context: QueryContext,
  { views, reader, now }: Asked,
  query: CandidateQuery,
): Promise<SearchPage> {
  const vector = await vectorOf(context, query.text, query.mode);
  const page = await views.search({ reader, vector, now, ...query });
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

function hitOf(candidate: Candidate, input: SearchQuestion, now: Instant): SearchHit | null {
  const { memory, votes, similarity, coverage, matchedTerms, passage } = candidate;
  const fused = scoreOf(candidate, input.mode, input.minScore);
  if (fused === null) return null;
  const decay = input.decay ? decayOf(memory, now) : null;
  const effectiveness = input.effectivenessWeight === 0 ? null : effectivenessOf(votes.votes).score;
  const score = fused * (decay ?? 1) * (1 + input.effectivenessWeight * (effectiveness ?? 0));
  return { memory, votes, score, explain: { similarity, coverage, matchedTerms, passage, decay, effectiveness } };
}
