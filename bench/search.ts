// The search of the embedded profile through its port: HYBRID with the question's vector given, the caller allowed all,
// a tenth, a hundredth, a thousandth; beside plain scans and FTS5 over the same memories.
// `npm run bench:search [-- --json] [-- --sizes 10000,100000] [-- --questions 200]`
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { Reader } from '../src/domain/visibility.ts';
import { openMiniLm } from '../src/embedding/minilm/minilm.ts';
import { type EmbeddedViews, openEmbeddedViews } from '../src/views/embedded/embedded-views.ts';
import { createVectors, DIMENSIONS, randomOf, wordOf } from './index/data.ts';
import { percentile, report } from './support/report.ts';
import { mayRead, memoryOf, NOW, numberIn, numberOf, positionOf, readers } from './views/data.ts';
import { scan, withContext } from './views/exact.ts';
import { openWords } from './views/words.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    sizes: { type: 'string', default: '10000,100000' },
    questions: { type: 'string', default: '200' },
  },
});
const QUESTIONS = Number(options.questions);
const BASELINE_QUESTIONS = 20;
const CHECKED = 50;
const WARM_UP = 50;
const TERMS = 6;
const BATCH = 500;

const random = randomOf(20_260_101);
const nextVector = createVectors(random);
const nextText = () => Array.from({ length: TERMS }, () => wordOf(random)).join(' ');

async function fill(views: EmbeddedViews, size: number, vectors: readonly Float32Array[]): Promise<string[]> {
  const contents: string[] = [];
  for (let from = 0; from < size; from += BATCH) {
    const changes = Array.from({ length: Math.min(BATCH, size - from) }, (_, i) => {
      const document = memoryOf(from + i, random);
      contents.push(document.content);
      return {
        kind: 'memory' as const,
        tenant: document.tenant,
        id: document.id,
        position: positionOf(from + i),
        document,
      };
    });
    await views.apply(changes, positionOf(from + changes.length - 1));
    const wanted = await views.wantedVectors(BATCH);
    await views.putVectors(wanted.map(({ hash, text }) => ({ hash, vector: vectors[numberIn(text)] ?? nextVector() })));
  }
  return contents;
}

async function timed(count: number, ask: () => unknown): Promise<Float64Array> {
  const times = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const begun = performance.now();
    await ask();
    times[i] = performance.now() - begun;
  }
  return times;
}

async function recall(
  views: EmbeddedViews,
  reader: Reader,
  allowed: readonly number[],
  exact: readonly Float32Array[],
) {
  let found = 0;
  let wanted = 0;
  for (let i = 0; i < CHECKED; i++) {
    const vector = nextVector();
    const best = scan(vector, allowed, exact, 10);
    const page = await views.search({ reader, now: NOW, mode: 'SEMANTIC', text: nextText(), vector, limit: 10 });
    const ids = new Set(page.candidates.map(({ memory }) => numberOf(memory.id)));
    wanted += best.length;
    found += best.filter((number) => ids.has(number)).length;
  }
  return found / wanted;
}

async function measure(size: number) {
  const folder = mkdtempSync(join(tmpdir(), 'annals-bench-'));
  const views = await openEmbeddedViews({
    viewsFile: join(folder, 'views.db'),
    vectorsFile: join(folder, 'vectors.db'),
    signature: { projections: 1, model: 'made-up', dimensions: DIMENSIONS },
    logger: pino({ level: 'silent' }),
  });
  try {
    const vectors = Array.from({ length: size }, nextVector);
    const words = openWords(await fill(views, size, vectors));
    const exact = withContext(vectors);
    const rows = [];
    for (const { share, reader } of readers) {
      const asked = Array.from({ length: QUESTIONS }, () => ({ text: nextText(), vector: nextVector() }));
      let next = 0;
      const ask = () => {
        const question = asked[next++ % QUESTIONS] ?? { text: '', vector: null };
        return views.search({ reader, now: NOW, mode: 'HYBRID', ...question, limit: 50 });
      };
      const allowed = Array.from(vectors.keys()).filter((number) => mayRead(share, number));
      await timed(WARM_UP, ask);
      const hybrid = await timed(QUESTIONS, ask);
      rows.push({
        memories: size,
        allowed: `${100 * share} %`,
        'HYBRID p50 ms': percentile(hybrid, 50),
        'p95 ms': percentile(hybrid, 95),
        'recall@10': await recall(views, reader, allowed, exact),
        'float32 scan p50 ms': percentile(
          await timed(BASELINE_QUESTIONS, () => scan(nextVector(), allowed, vectors, 50)),
          50,
        ),
        'FTS5 p50 ms': percentile(await timed(BASELINE_QUESTIONS, () => words(nextText(), share)), 50),
      });
    }
    return rows;
  } finally {
    await views.close();
    rmSync(folder, { recursive: true });
  }
}

async function embedding(): Promise<string> {
  const embedder = await openMiniLm();
  const ask = () => embedder.embed([`What did we decide about ${nextText()}?`], 'query');
  await timed(10, ask);
  const times = await timed(50, ask);
  await embedder.close();
  return `Apart: embedding a question takes p50 ${percentile(times, 50).toFixed(1)} ms, p95 ${percentile(times, 95).toFixed(1)} ms.`;
}

const rows = [];
for (const size of options.sizes.split(',')) rows.push(...(await measure(Number(size))));
report({
  title: 'Search through the views: rights, words and vectors, documents and votes read, answer in the main thread',
  rows,
  notes: [
    `${DIMENSIONS} dimensions, clustered; ${TERMS} words a question, by Zipf's law; sessions of 20 with context; 1,000 agents; the best 50 by each channel.`,
    `recall@10: of ${CHECKED} questions, by vectors alone, against an exact float32 scan of the memories that the caller may read.`,
    `Baselines, ${BASELINE_QUESTIONS} questions each: a float32 scan in JavaScript of the readable vectors; FTS5 with bm25() over the readable rows, words alone, no documents read.`,
    await embedding(),
  ],
});
