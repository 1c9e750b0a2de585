// The search index of the embedded profile alone, without files, threads or GraphQL: how long a start and a question take,
// and how often the ten best by cosine are those of an exact float32 scan. `npm run bench:index [-- --json] [-- --sizes 10000,100000]`
import { parseArgs } from 'node:util';
import { VECTOR_CONTEXT } from '../src/text/context.ts';
import { encodeAnalysis } from '../src/views/embedded/index/analysis-blob.ts';
import { createSearchIndex } from '../src/views/embedded/index/search-index.ts';
import type { Bucket, SearchIndex } from '../src/views/embedded/index/types.ts';
import { AGENTS, createData, createVectors, type Data, DIMENSIONS, randomOf, unit, wordOf } from './index/data.ts';
import { percentile, report } from './support/report.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    sizes: { type: 'string', default: '10000,100000' },
    questions: { type: 'string', default: '200' },
  },
});
const QUESTIONS = Number(options.questions);
const WARM_UP = 50;
const CHECKED = 50;
const SHARES = [1, 0.1, 0.01, 0.001];
const TERMS = 6;

const random = randomOf(20_260_101);
const nextVector = createVectors(random);

/** As the store starts: analyses from bytes, vectors as they were kept. */
function load({ memories, vectors }: Data): { index: SearchIndex; milliseconds: number } {
  const blobs = memories.map(({ analysis }) => encodeAnalysis(analysis));
  const begun = performance.now();
  const index = createSearchIndex({ dimensions: DIMENSIONS });
  memories.forEach((memory, number) => {
    const analysis = blobs[number] ?? memory.analysis;
    for (const hash of index.put({ ...memory, analysis })) index.setVector(hash, vectors[number] ?? new Float32Array());
  });
  index.settle();
  return { index, milliseconds: performance.now() - begun };
}

/** The vectors with their context, exact. */
const mixed = ({ memories, vectors }: Data): Float32Array[] =>
  vectors.map((vector, number) => {
    const previous = vectors[number - 1];
    if (previous === undefined || memories[number - 1]?.contextKey !== memories[number]?.contextKey) return vector;
    return unit(vector.map((value, i) => value + VECTOR_CONTEXT * (previous[i] ?? 0)));
  });

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
};

const allowOf = (share: number) => (bucket: Bucket) => Number(bucket.agent.slice('agent'.length)) < AGENTS * share;

function recall(index: SearchIndex, { memories }: Data, exact: readonly Float32Array[], share: number): number {
  const allow = allowOf(share);
  const allowed = memories.filter(({ bucket }) => allow(bucket)).map(({ number }) => number);
  let found = 0;
  let wanted = 0;
  for (let question = 0; question < CHECKED; question++) {
    const vector = nextVector();
    const best = allowed
      .map((number) => ({ number, cosine: dot(vector, exact[number] ?? vector) }))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, 10);
    const hits = index.search({ allow, terms: [], vector, mode: 'SEMANTIC', limit: 10 });
    const numbers = new Set(hits.map(({ number }) => number));
    wanted += best.length;
    found += best.filter(({ number }) => numbers.has(number)).length;
  }
  return found / wanted;
}

function times(index: SearchIndex, share: number, mode: 'HYBRID' | 'KEYWORD' | 'SEMANTIC'): Float64Array {
  const allow = allowOf(share);
  const measured = new Float64Array(QUESTIONS);
  for (let question = -WARM_UP; question < QUESTIONS; question++) {
    const vector = nextVector();
    const terms = Array.from(new Set(Array.from({ length: TERMS }, () => wordOf(random))));
    const begun = performance.now();
    index.search({ allow, terms, vector, mode, limit: 50 });
    if (question >= 0) measured[question] = performance.now() - begun;
  }
  return measured;
}

const rows = options.sizes.split(',').flatMap((size) => {
  const data = createData(Number(size), random, nextVector);
  const exact = mixed(data);
  const { index, milliseconds } = load(data);
  return SHARES.map((share) => {
    const hybrid = times(index, share, 'HYBRID');
    return {
      memories: Number(size),
      allowed: `${100 * share} %`,
      'HYBRID p50 ms': percentile(hybrid, 50),
      'p99 ms': percentile(hybrid, 99),
      'words alone p50 ms': percentile(times(index, share, 'KEYWORD'), 50),
      'vectors alone p50 ms': percentile(times(index, share, 'SEMANTIC'), 50),
      'recall@10': recall(index, data, exact, share),
      'load s': milliseconds / 1000,
      'index MB': index.statistics().bytes / 2 ** 20,
    };
  });
});

report({
  title: 'The search index alone',
  rows,
  notes: [
    `${DIMENSIONS} dimensions, clustered; ${TERMS} words a question, by Zipf's law; sessions of 20 with context; ${AGENTS} buckets; the best 50 by each channel.`,
    `recall@10: of ${CHECKED} questions, vectors alone, against an exact float32 scan of the allowed memories.`,
    'load: analyses decoded, put, their vectors set, and settled.',
  ],
});
