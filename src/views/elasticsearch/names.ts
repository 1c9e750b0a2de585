// What the indices are called. A build is a set of indices that one run of the projections filled, by number:
// `annals-memories-000002`. It is read and written through aliases of its own, `annals-memories@000002`, so that a write
// never makes an index by accident, and never lands in another build. `annals-memories` is what is served now: who opens
// the views looks there, and moving it is the switch from one build to the next.

export const recordKinds = ['sessions', 'features', 'runs', 'handoffs'] as const;

/** Of each build; `state` comes first, as it says what the build is. */
export const buildKinds = ['state', 'memories', 'passages', 'votes', ...recordKinds] as const;

/** `vectors` belong to a model, not to a build: a new projection need not embed again. */
export const indexKinds = [...buildKinds, 'vectors'] as const;
export type IndexKind = (typeof indexKinds)[number];

/** Which indices a process reads and writes now. */
export type Names = {
  /** An alias of exactly one index. Ask for it anew each time: the build may change. */
  alias(kind: IndexKind): string;
};

/** Of a model's vectors, or of a build. */
export type Part = string;

export const indexName = (prefix: string, kind: IndexKind, part: Part): string => `${prefix}-${kind}-${part}`;
export const ownAlias = (prefix: string, kind: IndexKind, part: Part): string => `${prefix}-${kind}@${part}`;
export const servedAlias = (prefix: string, kind: IndexKind): string => `${prefix}-${kind}`;

/** Sorts as text in the order of the numbers. */
export const buildName = (number: number): Part => String(number).padStart(6, '0');

/** The build that an index of this prefix belongs to; null for an index that is none of a build's. */
export function buildOf(prefix: string, kind: IndexKind, index: string): Part | null {
  const part = index.slice(indexName(prefix, kind, '').length);
  return /^\d{6,}$/.test(part) && index === indexName(prefix, kind, part) ? part : null;
}
