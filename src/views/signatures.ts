import type { ViewSignature } from './view-store.ts';

/** Vectors made under the one can be compared with those made under the other. */
export const hasModelOf = (made: ViewSignature, { model, dimensions }: ViewSignature): boolean =>
  made.model === model && made.dimensions === dimensions;

export const sameSignature = (a: ViewSignature, b: ViewSignature): boolean =>
  a.projections === b.projections && hasModelOf(a, b);
