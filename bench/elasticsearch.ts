// The views on Elasticsearch, each figure beside its baseline on the same server in the same run.
// `ELASTICSEARCH_URL=… npm run bench:elasticsearch [-- --json] [-- --memories 100000] [-- --warm-up 200] [-- --data <locomo.json>]`
import { parseArgs } from 'node:util';
import { elasticsearchUrl } from '../test/support/elasticsearch/elasticsearch.ts';
import { QUESTIONS as BUSY_QUESTIONS, measureBusy } from './elastic/busy.ts';
import { measureDialogues } from './elastic/dialogues.ts';
import { withMemories } from './elastic/filling.ts';
import { GIVEN, LIMIT } from './elastic/in-turns.ts';
import { measureProjecting } from './elastic/projecting.ts';
import { CHECKED, measureSearching, QUESTIONS } from './elastic/searching.ts';
import { withViews } from './elastic/views.ts';
import { measureWriting, WRITES } from './elastic/writing.ts';
import { createVectors, DIMENSIONS, randomOf } from './index/data.ts';
import { readDataset } from './locomo/dataset.ts';
import { report } from './support/report.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    memories: { type: 'string', default: '100000' },
    'warm-up': { type: 'string', default: '200' },
    data: { type: 'string' },
  },
});
if (elasticsearchUrl === undefined) throw new Error('ELASTICSEARCH_URL is not set');
const memories = Number(options.memories);
const warmUp = Number(options['warm-up']);

const projecting = await measureProjecting();
report({
  title: 'Projection into Elasticsearch, memories a second',
  rows: projecting.rows.map(({ what, views, bare }) => ({
    what,
    'through the views': views,
    'bare bulk': bare,
    ratio: views / bare,
  })),
  notes: [
    `${projecting.memories} memories in pages of ${projecting.page}; medians of ${projecting.rounds} rounds in turns, after one to warm up.`,
    'bare bulk: the very bodies that the views sent, kept before, sent again one after the other to empty indices of the same mappings.',
    `Vectors are made up beforehand, and handed over as by an embedder that takes ${projecting.batch} texts at once; a passage is indexed again when its own comes, or that of the memory before it.`,
    'target: ratio ≥ 0.7',
  ],
});

const nextVector = createVectors(randomOf(20_260_101));
const vectors = packed(memories, nextVector);
const { searching, busy, writing } = await withViews((opened) =>
  withMemories(opened, vectors, async (filled) => ({
    searching: await measureSearching(filled, vectors, nextVector, warmUp),
    writing: await measureWriting(filled, memories),
    busy: await measureBusy(filled, nextVector, 2 * memories),
  })),
);
report({
  title: `Search on Elasticsearch, ${memories.toLocaleString('en')} memories`,
  rows: searching,
  notes: [
    `${QUESTIONS} questions a row after ${warmUp} to warm up, each asked both ways, one after the other; 6 words by Zipf's law, vectors of 384 dimensions in clusters; the best ${LIMIT} by each channel.`,
    `The search, as a query asks for it: kNN, words and statistics, all of what was found scored, and documents and votes of the best ${GIVEN}.`,
    `two queries: the same kNN and the same words under the same rights, sent by hand at the same time, each for its best ${LIMIT} with their sources.`,
    'and documents: the memories they found, read by id afterwards; votes, statistics, vectors and scores are still not.',
    `recall@10: of ${CHECKED} questions, by vectors alone, against an exact float32 scan of what the reader may read.`,
    'targets: ratio (to the two queries alone) ≤ 1.5, recall@10 ≥ .95',
  ],
});
report({
  title: 'The same while something is written before each search',
  rows: busy,
  notes: [
    `${BUSY_QUESTIONS} questions a row; before each search, ours or by hand, one memory is recorded, projected and refreshed.`,
    'Then nothing that was counted for earlier questions can be used: above nothing is written meanwhile.',
  ],
});
report({
  title: 'A write until it is found',
  rows: [{ memories, 'p50 ms': writing.p50, 'p95 ms': writing.p95 }],
  notes: [
    `${WRITES} writes one after the other: appended to a SQLite log, projected, refreshed, and found by a search that waited for the position.`,
    'target: p50 ≤ 300 ms',
  ],
});

if (options.data !== undefined) {
  const { elastic, embedded, turns, questions } = await measureDialogues(readDataset(options.data));
  report({
    title: `LoCoMo on both profiles' views: ${turns} turns, ${questions} questions`,
    rows: [
      { views: 'Elasticsearch', 'hit@5': elastic.hit, 'recall@5': elastic.recall },
      { views: 'embedded', 'hit@5': embedded.hit, 'recall@5': embedded.recall },
    ],
    notes: [`recall@5 differs by ${(elastic.recall - embedded.recall).toFixed(4)}; target: .01 at the most`],
  });
}

/** In one piece of memory: to collect garbage among a hundred thousand would be part of every time. */
function packed(count: number, next: () => Float32Array): Float32Array[] {
  const all = new Float32Array(count * DIMENSIONS);
  return Array.from({ length: count }, (_, n) => {
    const vector = all.subarray(n * DIMENSIONS, (n + 1) * DIMENSIONS);
    vector.set(next());
    return vector;
  });
}
