// What every part of the suite uses: a store made anew for each test, and short ways to fill it and to ask it.
import { afterEach, beforeEach } from 'vitest';
import type { Memory } from '../../../src/domain/memory.ts';
import type { SearchMode } from '../../../src/domain/search-mode.ts';
import type { Reader } from '../../../src/domain/visibility.ts';
import type { Votes } from '../../../src/domain/votes.ts';
import type { Best, Candidate, Change, MemoryFilter, ViewSignature, ViewStore } from '../../../src/views/view-store.ts';
import { at, NOW, operator, putMemory, putVotes } from '../../support/fixtures.ts';
import { hashVector } from '../../support/hash-embedder.ts';

/** The adapter must split long memories with `countTokens` of test/support/count-tokens.ts. */
export const SIGNATURE: ViewSignature = { projections: 1, model: 'hashed-words', dimensions: 64 };

export type ViewsUnderTest = {
  store: ViewStore;
  /** Closes the store and opens another on the same storage; null when nothing outlives a handle. */
  reopen: (() => Promise<ViewStore>) | null;
  cleanup(): Promise<void>;
};
export type MakeViews = (signature: ViewSignature) => Promise<ViewsUnderTest>;

export type SearchOptions = {
  reader?: Reader;
  mode?: SearchMode;
  limit?: number;
  best?: Best;
  now?: string;
  filter?: MemoryFilter;
  includeDeprecated?: boolean;
  vector?: Float32Array | null;
};

export type Harness = ReturnType<typeof harness>;

let sequence = 0;
/** Later than every one before, in any test. */
export const nextPosition = () => at(++sequence);

export const vectorOf = (text: string): Float32Array => hashVector(text, SIGNATURE.dimensions);

export function harness(make: MakeViews) {
  let opened: ViewsUnderTest;
  beforeEach(async () => {
    opened = await make(SIGNATURE);
  });
  afterEach(() => opened.cleanup());

  async function apply(changes: Change[]): Promise<void> {
    await opened.store.apply(changes, changes.at(-1)?.position ?? nextPosition());
  }

  async function search(text: string, options: SearchOptions = {}): Promise<Candidate[]> {
    const { reader = operator, mode = 'KEYWORD', limit = 50, now = NOW, vector = vectorOf(text), ...rest } = options;
    const question = { reader, mode, limit, now, text, vector: mode === 'KEYWORD' ? null : vector, ...rest };
    const { candidates } = await opened.store.search(question);
    return candidates.sort((a, b) => (a.memory.id < b.memory.id ? -1 : 1));
  }

  return {
    views: () => opened.store,
    durable: () => opened.reopen !== null,
    async reopen() {
      if (opened.reopen) opened.store = await opened.reopen();
    },
    apply,
    put: (...memories: Memory[]) => apply(memories.map((memory) => putMemory(nextPosition(), memory))),
    vote: (id: string, votes: Votes) => apply([putVotes(nextPosition(), id, votes)]),
    search,
    found: async (text: string, options?: SearchOptions) =>
      (await search(text, options)).map(({ memory }) => memory.id),
    async listed(reader: Reader, options: { filter?: MemoryFilter; now?: string; includeDeprecated?: boolean } = {}) {
      const { rows } = await opened.store.list({ reader, now: NOW, first: 100, ...options });
      return rows.map(({ memory }) => memory.id);
    },
    /** Makes all vectors that are wanted. */
    async embed(): Promise<number> {
      let made = 0;
      for (;;) {
        const wanted = await opened.store.wantedVectors(100);
        if (wanted.length === 0) return made;
        await opened.store.putVectors(wanted.map(({ hash, text }) => ({ hash, vector: vectorOf(text) })));
        made += wanted.length;
      }
    },
  };
}
