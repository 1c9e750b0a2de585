// What may be known of a position outside the log that made it: its order among those of the same log, as a number too.
import type { Position } from './event.ts';
import { failure } from './failure.ts';

const shape = /^(\d{1,19})\.[0-9a-f]{6}$/;

/**
 * The digits before the dot, without leading zeros: greater is later, 0 is before every event, below 2^63. For stores
 * that number the versions of their documents.
 */
export function ordinalOf(position: Position): string {
  const [, digits] = shape.exec(position) ?? [];
  if (digits === undefined) throw failure('INTERNAL', 'what was taken for a position is none');
  return BigInt(digits).toString();
}
