// The index answers as if everything were scored anew for every question, whatever happened before.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSearchIndex } from '../../src/views/embedded/index/search-index.ts';
import type { Bucket, IndexedMemory, IndexHit } from '../../src/views/embedded/index/types.ts';
import { scoreAll } from './naive-index.ts';

const DIMENSIONS = 20;
const NUMBERS = 24;
const HASHES = 14;
const WORDS = ['tea', 'ship', 'moon', 'iron', 'lake', 'frog', 'salt', 'wind'];
const AGENTS = ['ada', 'bob', 'eve'];

const hashOf = (number: number) => number.toString(16).padStart(64, '0');

const unitVector = fc
  .array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: DIMENSIONS, maxLength: DIMENSIONS })
  .filter((values) => Math.hypot(...values) > 0.1)
  .map((values) => Float32Array.from(values, (value) => value / Math.hypot(...values)));

const terms = fc
  .array(fc.constantFrom(...WORDS), { maxLength: 6 })
  .map((words) => new Map(words.map((word) => [word, words.filter((other) => other === word).length])));

const instant = (hour: number) => `2026-01-01T${String(hour).padStart(2, '0')}:00:00.000Z`;

const memory: fc.Arbitrary<IndexedMemory> = fc
  .record({
    number: fc.nat(NUMBERS),
    agent: fc.constantFrom(...AGENTS),
    deprecated: fc.boolean(),
    session: fc.option(fc.constantFrom('s', 't')),
    hour: fc.nat(5),
    expires: fc.option(fc.nat(9), { freq: 3 }),
    passages: fc.oneof(
      { weight: 4, arbitrary: fc.array(terms, { minLength: 1, maxLength: 1 }) },
      fc.array(terms, { minLength: 1, maxLength: 3 }),
    ),
    hash: fc.nat(HASHES),
    author: fc.constantFrom(...WORDS),
  })
  .map(({ number, agent, deprecated, session, hour, expires, passages, hash, author }) => ({
    number,
    bucket: {
      tenant: 'acme',
      agent,
      scope: 'AGENT_PRIVATE',
      sharedWith: { agents: [], teams: [] },
      namespace: 'n',
      deprecated,
    },
    contextKey: session && `${agent} ${session}`,
    occurredAt: instant(hour),
    position: String(number).padStart(4, '0'),
    expiresAt: expires === null ? null : instant(10 + expires),
    analysis: {
      passages: passages.map((found, index) => ({
        start: index,
        end: index + 1,
        terms: found,
        hash: hashOf(hash + index),
      })),
      fields: new Map([[author, 3]]),
    },
  }));

type Step =
  | { kind: 'put'; memory: IndexedMemory }
  | { kind: 'remove'; number: number }
  | { kind: 'vector'; hash: string; vector: Float32Array }
  | { kind: 'expire'; now: string }
  | {
      kind: 'search';
      agents: string[];
      deprecated: boolean;
      only: number[] | null;
      terms: string[];
      vector: Float32Array;
      limit: number;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), memory }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), number: fc.nat(NUMBERS) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('vector' as const),
      hash: fc.nat(HASHES + 2).map(hashOf),
      vector: unitVector,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('expire' as const), now: fc.nat(9).map((hour) => instant(10 + hour)) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('search' as const),
      agents: fc.subarray(AGENTS),
      deprecated: fc.boolean(),
      only: fc.option(fc.uniqueArray(fc.nat(NUMBERS))),
      terms: fc.subarray([...WORDS, 'unheard-of']),
      vector: unitVector,
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  },
);

/** A round-off may decide between equals: then either is right. */
const EPSILON = 1e-4;

function expectBest(
  hits: readonly IndexHit[],
  all: readonly { number: number; score: number | null }[],
  limit: number,
) {
  const ranked = all
    .flatMap(({ number, score }) => (score === null ? [] : [{ number, score }]))
    .sort((a, b) => b.score - a.score);
  const least = ranked[limit - 1]?.score ?? Number.NEGATIVE_INFINITY;
  const found = new Set(hits.map(({ number }) => number));
  for (const { number, score } of ranked) if (score > least + EPSILON) expect(found).toContain(number);
  return new Set(ranked.filter(({ score }) => score >= least - EPSILON).map(({ number }) => number));
}

test('it equals scoring everything, through replacements, removals, expiry, context, rights and filters', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 100, size: 'max' }), (steps) => {
      const index = createSearchIndex({ dimensions: DIMENSIONS });
      const memories = new Map<number, IndexedMemory>();
      const vectors = new Map<string, Float32Array>();
      const inUse = (hash: string) =>
        Array.from(memories.values()).some(({ analysis }) =>
          analysis.passages.some((passage) => passage.hash === hash),
        );
      const forgetUnused = () => {
        for (const hash of vectors.keys()) if (!inUse(hash)) vectors.delete(hash);
      };

      for (const at of steps) {
        for (const { number, analysis } of memories.values()) {
          const hashes = analysis.passages.map(({ hash }) => hash);
          expect(index.hashesOf(number)).toEqual(hashes);
          expect(hashes.every((hash) => index.holder(hash) !== undefined)).toBe(true);
        }
        const used = Array.from({ length: HASHES + 3 }, (_, number) => hashOf(number)).filter(inUse);
        expect(Array.from(new Set(index.wanting())).sort()).toEqual(used.filter((hash) => !vectors.has(hash)));
        switch (at.kind) {
          case 'put': {
            memories.set(at.memory.number, at.memory);
            const missing = index.put(at.memory);
            expect(missing).toEqual(
              at.memory.analysis.passages.map(({ hash }) => hash).filter((hash) => !vectors.has(hash)),
            );
            break;
          }
          case 'remove':
            memories.delete(at.number);
            index.remove(at.number);
            break;
          case 'vector':
            index.setVector(at.hash, at.vector);
            if (inUse(at.hash)) vectors.set(at.hash, at.vector);
            break;
          case 'expire': {
            const due = Array.from(memories.values()).filter(
              ({ expiresAt }) => expiresAt !== null && expiresAt <= at.now,
            );
            for (const { number } of due) memories.delete(number);
            expect(
              index
                .expire(at.now)
                .map(({ number }) => number)
                .toSorted(),
            ).toEqual(due.map(({ number }) => number).toSorted());
            break;
          }
          case 'search': {
            const allow = (bucket: Bucket) => at.agents.includes(bucket.agent) && (at.deprecated || !bucket.deprecated);
            const accept = (number: number) => at.only === null || at.only.includes(number);
            const hits = index.search({
              allow,
              ...(at.only === null ? {} : { accept: at.only }),
              terms: at.terms,
              vector: at.vector,
              mode: 'HYBRID',
              limit: at.limit,
            });
            const all = scoreAll(Array.from(memories.values()), vectors, {
              allow,
              accept,
              terms: at.terms,
              vector: at.vector,
            });
            const byText = expectBest(
              hits,
              all.map(({ number, coverage }) => ({ number, score: coverage === 0 ? null : coverage })),
              at.limit,
            );
            const byVector = expectBest(
              hits,
              all.map(({ number, similarity }) => ({ number, score: similarity })),
              at.limit,
            );
            for (const hit of hits) {
              expect(byText.has(hit.number) || byVector.has(hit.number)).toBe(true);
              const expected = all.find(({ number }) => number === hit.number);
              expect(hit.coverage).toBeCloseTo(expected?.coverage ?? Number.NaN, 9);
              if (expected?.similarity == null) expect(hit.similarity).toBeNull();
              else expect(hit.similarity).toBeCloseTo(expected.similarity, 3);
            }
            break;
          }
        }
        forgetUnused();
      }
      expect(index.statistics().memories).toBe(memories.size);
    }),
    { numRuns: 300 },
  );
});
