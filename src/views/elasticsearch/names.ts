// What the indices are called. A build is a set of indices that one run of the projections filled, by number:
// `annals-memories-000002`. It is read and written through aliases of its own, `annals-memories@000002`, so that a write
// never makes an index by accident, and never lands in another build. `annals-memories` is what answers now: servers look
// there which build they read, and moving it is the switch from one build to the next.
import { hash } from 'node:crypto';
import type { BuildRole } from '../view-builds.ts';
import type { ViewSignature } from '../view-store.ts';

export const recordKinds = ['sessions', 'features', 'runs', 'handoffs'] as const;

/** Of each build; `state` comes first, as it says what the build is. */
export const buildKinds = ['state', 'memories', 'passages', 'votes', ...recordKinds] as const;

/** `vectors` belong to a model, not to a build: a new projection need not embed again. */
export const indexKinds = [...buildKinds, 'vectors'] as const;
export type IndexKind = (typeof indexKinds)[number];

/** The indices of one build. */
export type Names = {
  /** Of exactly one index. */
  alias(kind: IndexKind): string;
  /** A pattern for the indices of all builds. */
  every(kind: IndexKind): string;
};

/** Of a model's vectors, or of a build. */
export type Part = string;

export const indexName = (prefix: string, kind: IndexKind, part: Part): string => `${prefix}-${kind}-${part}`;
export const ownAlias = (prefix: string, kind: IndexKind, part: Part): string => `${prefix}-${kind}@${part}`;
export const servingAlias = (prefix: string, kind: IndexKind): string => `${prefix}-${kind}`;

/** Of the state of a build that does not answer: what it is for. */
export const roleAlias = (prefix: string, role: BuildRole): string => `${prefix}-${role}`;

/** Sorts as text in the order of the numbers. */
export const buildName = (number: number): Part => String(number).padStart(6, '0');

/** The build that an index of this prefix belongs to; null for an index that is none of a build's. */
export function buildOf(prefix: string, kind: IndexKind, index: string): Part | null {
  const part = index.slice(indexName(prefix, kind, '').length);
  return /^\d{6,}$/.test(part) && index === indexName(prefix, kind, part) ? part : null;
}

/** Which part of an index kind's indices a build reads and writes. */
export const partOf = (kind: IndexKind, build: Part, { model, dimensions }: ViewSignature): Part =>
  kind === 'vectors' ? hash('sha256', JSON.stringify([model, dimensions])).slice(0, 12) : build;

export const namesOf = (prefix: string, build: Part, signature: ViewSignature): Names => ({
  alias: (kind) => ownAlias(prefix, kind, partOf(kind, build, signature)),
  every: (kind) => indexName(prefix, kind, '*'),
});
