// Positions of a log that numbers its events: `0000000000000042.a1b2c3`, the event's number padded so that it sorts as
// text, then the log's random id, so that another log's position is not taken for one of this.
import type { Position } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';

export type Positions = {
  of(sequence: number): Position;
  /** INVALID_INPUT for what this log never wrote so. Whether the number was reached yet is `reached`'s question. */
  sequenceOf(position: Position, field: string): number;
  /** The position itself; INVALID_INPUT when it is malformed, another log's, or beyond the head. */
  reached(position: Position, head: number, field: string): Position;
};

const shape = /^(\d{16})\.([0-9a-f]{6})$/;

export function positionsOf(logId: string): Positions {
  const sequenceOf = (position: Position, field: string): number => {
    const [, digits, id] = shape.exec(position) ?? [];
    const sequence = Number(digits);
    if (!Number.isSafeInteger(sequence)) throw failure('INVALID_INPUT', `${field} is not a position`, { field });
    if (id !== logId) throw failure('INVALID_INPUT', `${field} is a position of another log`, { field });
    return sequence;
  };
  return {
    of: (sequence) => `${String(sequence).padStart(16, '0')}.${logId}`,
    sequenceOf,
    reached(position, head, field) {
      if (sequenceOf(position, field) > head)
        throw failure('INVALID_INPUT', `${field} is a position that this log has not reached`, { field });
      return position;
    },
  };
}
