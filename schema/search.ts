// The noun `search`: a question, and the memories that answer it best.
import { limits } from '../src/domain/limits.ts';
import type {
  Explain as ExplainShape,
  SearchHit as SearchHitShape,
  SearchResult as SearchResultShape,
} from '../src/queries/search.ts';
import { AS_OF, AsOf, toAsOf } from './as-of.ts';
import { builder } from './builder.ts';
import { number, pageSize, text } from './checks.ts';
import { SearchMode } from './enums.ts';
import { Memory } from './memory.ts';
import { MemoryFilter, toViewFilter, wholeFilter } from './memory-filter.ts';

const FIRST = 10;

export const Explain = builder.objectRef<ExplainShape>('Explain').implement({
  description: `similarity: cosine, −1 to 1; null while the vector is not there yet or in mode KEYWORD. coverage: the share of the question's words, weighed by rarity, that the
memory accounts for, 0 to 1; null in mode SEMANTIC. passage: the part of a long memory that fits best, as offsets in UTF-16 units.`,
  fields: (t) => ({
    similarity: t.exposeFloat('similarity', { nullable: true }),
    coverage: t.exposeFloat('coverage', { nullable: true }),
    matchedTerms: t.exposeStringList('matchedTerms'),
    passage: t.intList({ nullable: true, resolve: ({ passage }) => passage }),
    decay: t.exposeFloat('decay', { nullable: true }),
    effectiveness: t.exposeFloat('effectiveness', { nullable: true }),
  }),
});

const SearchHit = builder.objectRef<SearchHitShape>('SearchHit').implement({
  description:
    'score: similarity + 4 × coverage² in mode HYBRID, else the one of the two; then times decay and (1 + effectivenessWeight × effectiveness) where asked for.',
  fields: (t) => ({
    memory: t.field({ type: Memory, resolve: (hit) => hit }),
    score: t.exposeFloat('score'),
    explain: t.expose('explain', { type: Explain }),
  }),
});

const SearchResult = builder.objectRef<SearchResultShape & { took: number }>('SearchResult').implement({
  fields: (t) => ({
    hits: t.expose('hits', { type: [SearchHit], complexity: { multiplier: 1 } }),
    position: t.expose('position', { type: 'Position', description: 'The position the answer is true at.' }),
    took: t.exposeFloat('took', { description: 'Milliseconds in the server.' }),
    receipt: t.exposeID('receipt', { description: 'For why(), where it was asked for.', nullable: true }),
  }),
});

const SearchInput = builder.inputType('SearchInput', {
  fields: (t) => ({
    query: t.string({ required: true, description: '1 to 10,000 characters.', validate: text(limits.query) }),
    mode: t.field({ type: SearchMode, defaultValue: 'HYBRID' }),
    filter: t.field({ type: MemoryFilter, validate: wholeFilter }),
    first: t.int({ description: '1 to 100.', defaultValue: FIRST, validate: pageSize }),
    minScore: t.float({
      description: 'Cosine similarity below which a semantic hit does not count, −1 to 1.',
      validate: number(-1, 1),
    }),
    decay: t.boolean({ description: 'Weigh by recency (half-life by type).', defaultValue: false }),
    effectivenessWeight: t.float({
      description: 'Weigh by effectiveness: 0 ignores it; 0 to 10.',
      defaultValue: 0,
      validate: number(0, 10),
    }),
    minPosition: t.field({
      type: 'Position',
      description: 'Wait until the index has this position (2 s at most), else INDEX_BEHIND.',
    }),
    asOf: t.field({ type: AsOf, description: AS_OF }),
    receipt: t.boolean({
      description: 'Keep the question and its answer as an event, for why().',
      defaultValue: false,
    }),
  }),
});

builder.queryField('search', (t) =>
  t.field({
    type: SearchResult,
    args: { input: t.arg({ type: SearchInput, required: true }) },
    complexity: ({ input }) => ({ field: 50, multiplier: input.first ?? FIRST }),
    resolve: async (_, { input }, { queries }) => {
      const started = performance.now();
      const result = await queries.search({
        query: input.query,
        mode: input.mode ?? 'HYBRID',
        filter: toViewFilter(input.filter),
        includeDeprecated: input.filter?.includeDeprecated ?? false,
        first: input.first ?? FIRST,
        minScore: input.minScore ?? null,
        decay: input.decay ?? false,
        effectivenessWeight: input.effectivenessWeight ?? 0,
        minPosition: input.minPosition ?? null,
        asOf: toAsOf(input.asOf),
        receipt: input.receipt ?? false,
      });
      return { ...result, took: performance.now() - started };
    },
  }),
);
