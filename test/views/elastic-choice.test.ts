// Which passages Elasticsearch chooses for a question, where more have its words than it gives back.
import { afterAll, describe, expect, test } from 'vitest';
import type { Change } from '../../src/views/view-store.ts';
import { elasticsearchUrl } from '../support/elasticsearch/elasticsearch.ts';
import { aMemory, at, NOW, operator } from '../support/fixtures.ts';
import { elasticPool } from './elastic-open.ts';
import { signature } from './open.ts';

const MANY = 300;
const LIMIT = 50;
const PATIENCE = 60_000;

describe.skipIf(elasticsearchUrl === undefined)('the best of many passages', () => {
  const { make, end } = elasticPool();
  afterAll(end);

  const changes = (tenant: string, from: number, contents: readonly string[]): Change[] =>
    contents.map((content, i) => {
      const id = `${tenant}-${String(from + i).padStart(4, '0')}`;
      return { kind: 'memory', tenant, id, position: at(from + i), document: aMemory(id, { tenant, content }) };
    });

  test(
    'are the same whatever words others use',
    async () => {
      const { store, cleanup } = await make(signature);
      try {
        const ask = async () => {
          const query = { reader: operator, now: NOW, mode: 'KEYWORD' as const, text: 'parser deploy', vector: null };
          const { candidates } = await store.search({ ...query, limit: LIMIT });
          return candidates.map(({ memory, coverage }) => ({ id: memory.id, coverage }));
        };
        // As telling as each other, and the one in somewhat longer texts.
        const own = Array.from({ length: 2 * MANY }, (_, i) =>
          i % 2 === 0 ? 'parser night' : 'deploy budget night queue',
        );
        await store.apply(changes(operator.tenant, 1, own), at(2 * MANY));
        const before = await ask();
        expect(before).toHaveLength(LIMIT);
        await store.apply(
          changes(
            'others',
            2 * MANY + 1,
            Array.from({ length: MANY }, () => 'parser'),
          ),
          at(3 * MANY),
        );
        expect(await ask()).toEqual(before);
      } finally {
        await cleanup();
      }
    },
    PATIENCE,
  );

  test(
    'are those of the highest coverage, though it is known only about',
    async () => {
      const { store, cleanup } = await make(signature);
      try {
        // Ever longer, in an order that says nothing.
        const contents = Array.from({ length: MANY }, (_, i) => `parser${' filler'.repeat((i * 7) % 150)}`);
        await store.apply(changes(operator.tenant, 1, contents), at(MANY));
        const query = { reader: operator, now: NOW, mode: 'KEYWORD' as const, text: 'parser', vector: null };
        const best = async (limit: number) => {
          const { candidates } = await store.search({ ...query, limit });
          return candidates.map(({ coverage }) => coverage ?? 0).sort((a, b) => b - a);
        };
        expect(await best(10)).toEqual((await best(MANY)).slice(0, 10));
      } finally {
        await cleanup();
      }
    },
    PATIENCE,
  );
});
