// Positions of a log on EventStoreDB: `0000000000020480001.a1b2c3`, nineteen digits and the log's random id. The digits are
// the commit position times 4,096 plus an index: 0 for an event on its own; those of a batch are told apart at the commit
// position of the batch's outcome, from 1 on.
import type { Position } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';

/** Where an event stands: the log's commit position, and the index of an event of a batch. */
export type Place = { commit: bigint; index: number };

export type Positions = {
  /** Before every event. */
  start: Position;
  of(commit: bigint, index: number): Position;
  /** INVALID_INPUT for what this log never wrote so. */
  placeOf(position: Position, field: string): Place;
};

/** An append may not have more events: their indices have to fit. */
export const MAX_EVENTS = 4000;

const INDICES = 4096n;
const DIGITS = 19;
const LARGEST = 2n ** 63n - 1n;
const shape = /^(\d{19})\.([0-9a-f]{6})$/;

export function positionsOf(logId: string): Positions {
  const of = (commit: bigint, index: number): Position =>
    `${String(commit * INDICES + BigInt(index)).padStart(DIGITS, '0')}.${logId}`;
  return {
    start: of(0n, 0),
    of,
    placeOf(position, field) {
      const [, digits = '', id] = shape.exec(position) ?? [];
      const ordinal = BigInt(digits);
      if (digits === '' || ordinal > LARGEST) throw failure('INVALID_INPUT', `${field} is not a position`, { field });
      if (id !== logId) throw failure('INVALID_INPUT', `${field} is a position of another log`, { field });
      return { commit: ordinal / INDICES, index: Number(ordinal % INDICES) };
    },
  };
}
