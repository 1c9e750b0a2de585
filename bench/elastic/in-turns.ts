// A search beside its own two queries sent by hand, question by question in turns.
import type { Reader } from '../../src/domain/visibility.ts';
import { connect } from '../../src/views/elasticsearch/client.ts';
import { documentId } from '../../src/views/elasticsearch/documents.ts';
import { namesOf } from '../../src/views/elasticsearch/names.ts';
import { byMeaning, byWords } from '../../src/views/elasticsearch/reading/channels.ts';
import { corpusFor } from '../../src/views/elasticsearch/reading/counting.ts';
import { questionOf } from '../../src/views/elasticsearch/reading/question.ts';
import { createRemembered } from '../../src/views/elasticsearch/reading/remembered.ts';
import type { SearchBody } from '../../src/views/elasticsearch/reading/searches.ts';
import { elasticsearchUrl } from '../../test/support/elasticsearch/elasticsearch.ts';
import { randomOf, wordOf } from '../index/data.ts';
import { NOW, readers } from '../views/data.ts';
import { type BenchViews, signature } from './views.ts';

export const LIMIT = 50;
export const GIVEN = 10;
const TERMS = 6;

const random = randomOf(7);
/** A clock that goes on: a server may remember what it is asked twice. */
let clock = Date.parse(NOW);
function nextNow(): string {
  clock += 7;
  return new Date(clock).toISOString();
}
const nextText = () => Array.from({ length: TERMS }, () => wordOf(random)).join(' ');

/** Who is measured. */
export const askers = readers.filter(({ share }) => share >= 0.01);

export type Turns = {
  warmUp: number;
  questions: number;
  /** Done before each, untimed. */
  before: () => Promise<void>;
};

export async function inTurns(
  opened: BenchViews,
  reader: Reader,
  nextVector: () => Float32Array,
  { warmUp, questions, before }: Turns,
) {
  const elastic = connect(elasticsearchUrl ?? '');
  const { serving } = await opened.list();
  const names = namesOf(opened.prefix, serving.id, signature);
  const { alias } = names;
  const remembered = createRemembered();
  const send = (body: SearchBody) =>
    elastic.send('by hand', (client, options) =>
      client.search<{ memory: string }>({ index: alias('passages'), ...body }, options),
    );
  const read = (ids: string[]) =>
    elastic.send('by hand', (client, options) => client.mget({ index: alias('memories'), ids }, options));
  const ours: number[] = [];
  const byHand: number[] = [];
  const withDocuments: number[] = [];
  try {
    for (let i = -warmUp; i < questions; i++) {
      const query = {
        reader,
        now: nextNow(),
        mode: 'HYBRID' as const,
        text: nextText(),
        vector: nextVector(),
        limit: LIMIT,
        best: { count: GIVEN, minScore: null },
      };
      await before();
      const first = await timed(() => opened.views.search(query));
      const bodies = await queriesOf(query, { elastic, names, remembered });
      await before();
      const begun = performance.now();
      const answers = await Promise.all(bodies.map(send));
      const second = performance.now() - begun;
      const memories = answers.flatMap(({ hits }) => hits.hits.flatMap(({ _source }) => _source?.memory ?? []));
      await read([...new Set(memories)].map((memory) => documentId(reader.tenant, memory)));
      const third = performance.now() - begun;
      if (i < 0) continue;
      ours.push(first);
      byHand.push(second);
      withDocuments.push(third);
    }
  } finally {
    await elastic.close();
  }
  return { ours, byHand, withDocuments };
}

/**
 * The same kNN and the same words under the same rights, each for its best 50 as Elasticsearch gives them. How telling each
 * word is is asked here, after the search: the server would remember it.
 */
async function queriesOf(
  query: Parameters<typeof questionOf>[0],
  context: Parameters<typeof corpusFor>[0],
): Promise<SearchBody[]> {
  const question = questionOf(query, () => [], null);
  const corpus = await corpusFor(context, question);
  const channels = [byMeaning(question, question.vector ?? new Float32Array()), byWords(question, corpus)];
  return channels.map((channel) => {
    const { _source, stored_fields, docvalue_fields, ...body } = channel.searchFor(LIMIT);
    return body;
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
