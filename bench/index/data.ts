// Made-up memories that look like real ones to an index: words by Zipf's law, vectors in clusters, sessions of twenty,
// and a thousand agents of whom a reader may read some.
import { createHash } from 'node:crypto';
import type { Analysis } from '../../src/text/analysis.ts';
import type { Bucket, IndexedMemory } from '../../src/views/embedded/index/types.ts';

export const DIMENSIONS = 384;
export const AGENTS = 1_000;

const VOCABULARY = 50_000;
const STOP_WORDS = 50;
const WORDS = 14;
const CLUSTERS = 500;
const SESSION = 20;

export type Data = { memories: IndexedMemory[]; vectors: Float32Array[] };

/** Mulberry32: 0 ≤ x < 1. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const gaussian = (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Zipf's law with exponent 1; the very commonest ranks are stop words, which never reach an index. */
export const wordOf = (random: () => number): string =>
  `word${Math.floor(STOP_WORDS * (VOCABULARY / STOP_WORDS) ** random())}`;

export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** A vector near a cluster's centre. */
export function createVectors(random: () => number): () => Float32Array {
  const some = () => unit(Float32Array.from({ length: DIMENSIONS }, () => gaussian(random)));
  const centres = Array.from({ length: CLUSTERS }, some);
  return () => {
    const centre = centres[Math.floor(random() * CLUSTERS)] ?? some();
    const noise = some();
    return unit(centre.map((value, i) => 0.8 * value + 0.6 * (noise[i] ?? 0)));
  };
}

export function createData(count: number, random: () => number, nextVector: () => Float32Array): Data {
  const memories = Array.from({ length: count }, (_, number): IndexedMemory => {
    const session = Math.floor(number / SESSION);
    const agent = `agent${(session * 7919) % AGENTS}`;
    const bucket: Bucket = {
      tenant: 'acme',
      agent,
      scope: 'AGENT_PRIVATE',
      sharedWith: { agents: [], teams: [] },
      namespace: 'default',
      deprecated: false,
    };
    return {
      number,
      bucket,
      contextKey: `${agent} ${session}`,
      occurredAt: new Date(1_700_000_000_000 + number * 60_000).toISOString(),
      position: String(number).padStart(16, '0'),
      expiresAt: null,
      analysis: analysisOf(number, random, agent),
    };
  });
  return { memories, vectors: memories.map(nextVector) };
}

function analysisOf(number: number, random: () => number, author: string): Analysis {
  const terms = new Map<string, number>();
  for (let i = 0; i < WORDS; i++) {
    const word = wordOf(random);
    terms.set(word, (terms.get(word) ?? 0) + 1);
  }
  const hash = createHash('sha256').update(String(number)).digest('hex');
  return {
    passages: [{ start: 0, end: 80, terms, hash }],
    fields: new Map([
      [author, 3],
      ['8', 1],
      ['may', 1],
      ['2023', 1],
    ]),
  };
}
