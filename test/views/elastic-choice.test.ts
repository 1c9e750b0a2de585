// Which passages Elasticsearch chooses for a question, where more have its words than it gives back.
import { afterAll, describe, expect, test } from 'vitest';
import type { Change, ViewStore } from '../../src/views/view-store.ts';
import { nextPosition } from '../conformance/view-store/harness.ts';
import { elasticsearchUrl } from '../support/elasticsearch/elasticsearch.ts';
import { aMemory, NOW, operator } from '../support/fixtures.ts';
import { elasticPool } from './elastic-open.ts';
import { signature } from './open.ts';

const MANY = 300;
const LIMIT = 50;
const PATIENCE = 60_000;

describe.skipIf(elasticsearchUrl === undefined)('the best of many passages', () => {
  const { make, end } = elasticPool();
  afterAll(end);

  const fill = async (store: ViewStore, tenant: string, contents: readonly string[]): Promise<void> => {
    const changes = contents.map((content, i): Change => {
      const id = `${tenant}-${String(i).padStart(4, '0')}`;
      return { kind: 'memory', tenant, id, position: nextPosition(), document: aMemory(id, { tenant, content }) };
    });
    await store.apply(changes, nextPosition());
  };

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
        await fill(store, operator.tenant, own);
        const before = await ask();
        expect(before).toHaveLength(LIMIT);
        const others = Array.from({ length: MANY }, () => 'parser');
        await fill(store, 'others', others);
        expect(await ask()).toEqual(before);
      } finally {
        await cleanup();
      }
    },
    PATIENCE,
  );

  /** Coverages of so many as are asked for, and of as many of all. */
  async function bestOf(contents: readonly string[], text: string, limit: number) {
    const { store, cleanup } = await make(signature);
    try {
      await fill(store, operator.tenant, contents);
      const best = async (asked: number) => {
        const query = { reader: operator, now: NOW, mode: 'KEYWORD' as const, text, vector: null, limit: asked };
        const { candidates } = await store.search(query);
        return candidates.map(({ coverage }) => coverage ?? 0).sort((a, b) => b - a);
      };
      const all = await best(MANY);
      expect(all.length).toBeGreaterThan(limit);
      return { found: await best(limit), wanted: all.slice(0, limit) };
    } finally {
      await cleanup();
    }
  }

  const filler = (words: number) => ' filler'.repeat(words);

  test(
    'are those of the highest coverage, though it is known only about',
    async () => {
      // Ever longer, in an order that says nothing.
      const contents = Array.from({ length: MANY }, (_, i) => `parser${filler((i * 7) % 150)}`);
      const { found, wanted } = await bestOf(contents, 'parser', 10);
      expect(found).toEqual(wanted);
    },
    PATIENCE,
  );

  test.for([
    { they: 'as long as messages', words: 30 },
    { they: 'far longer', words: 90 },
    { they: 'far shorter', words: 6 },
  ])('are those of the highest coverage where passages are $they', { timeout: PATIENCE }, async ({ words }) => {
    const contents = Array.from({ length: MANY }, (_, i) => {
      const asked = ['parser', 'deploy', 'budget', 'night'].map((word, k) =>
        `${word} `.repeat(Math.max(0, ((i * (7 * k + 3)) % 13) - 8)),
      );
      return `note ${asked.join('')}${filler(Math.round(words * (0.1 + ((i * 7919) % 101) / 50)))}`;
    });
    const { found, wanted } = await bestOf(contents, 'parser deploy budget night', LIMIT);
    expect(found).toEqual(wanted);
  });
});
