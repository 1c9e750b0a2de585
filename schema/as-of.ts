// A past state to read.
import type { AsOf as AsOfShape } from '../src/queries/as-of.ts';
import { builder } from './builder.ts';

export const AS_OF = 'As it was then, less what may not be read now.';

export const AsOf = builder.inputType('AsOf', {
  description: 'A past state to read: by position, or by time.',
  isOneOf: true,
  fields: (t) => ({ position: t.field({ type: 'Position' }), time: t.field({ type: 'DateTime' }) }),
});

/** null: as of now. */
export function toAsOf(given: typeof AsOf.$inferInput | null | undefined): AsOfShape | null {
  if (given == null) return null;
  if (given.position != null) return { position: given.position };
  return given.time == null ? null : { time: given.time };
}
