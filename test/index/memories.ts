// Memories for the index, made of plain sentences, and vectors.
import { createAnalyser } from '../../src/text/analyse.ts';
import { contextKey } from '../../src/text/context.ts';
import { queryTerms } from '../../src/text/terms.ts';
import type { Bucket, IndexedMemory, IndexHit, IndexQuery, SearchIndex } from '../../src/views/embedded/index/types.ts';

const analyse = createAnalyser((text) => text.split(' ').length);

export type Told = {
  number: number;
  content: string;
  session?: string;
  minute?: number;
  expiresAt?: string;
} & Partial<Bucket>;

export function memory({ number, content, session, minute = number, expiresAt, ...bucket }: Told): IndexedMemory {
  const whole: Bucket = {
    tenant: 'acme',
    agent: 'writer',
    scope: 'GLOBAL',
    sharedWith: { agents: [], teams: [] },
    namespace: 'default',
    deprecated: false,
    ...bucket,
  };
  const occurredAt = new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
  return {
    number,
    bucket: whole,
    contextKey: contextKey({ ...whole, user: null, session: session ?? null }),
    occurredAt,
    position: String(number).padStart(8, '0'),
    expiresAt: expiresAt ?? null,
    analysis: analyse({ content, author: whole.agent, occurredAt, lesson: null }),
  };
}

export const hashOf = ({ analysis }: IndexedMemory): string => analysis.passages[0]?.hash ?? '';

export const ask = (index: SearchIndex, question: string, more: Partial<IndexQuery> = {}): IndexHit[] =>
  index.search({
    allow: ({ deprecated }) => !deprecated,
    terms: queryTerms(question).map(({ term }) => term),
    vector: null,
    mode: 'KEYWORD',
    limit: 10,
    ...more,
  });

export const numbersOf = (hits: readonly IndexHit[]): number[] =>
  hits.map(({ number }) => number).sort((a, b) => a - b);

/** Mulberry32, as a source of normally distributed numbers: the same ones each time. */
export function createVectors(dimensions: number, seed: number): () => Float32Array {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return () => {
    const vector = Float32Array.from({ length: dimensions }, normal);
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
}
