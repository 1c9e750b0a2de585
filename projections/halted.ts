// What must not be left out of the views: an event that takes a right away, or a memory. Where one cannot be applied
// the projections stand still rather than serve what nobody may see any more.
import type { Position } from '../src/domain/event.ts';

const RIGHTS: ReadonlySet<string> = new Set(['memory.shared']);
const ERASURE: ReadonlySet<string> = new Set(['memory.forgotten']);

export const mustNotBeLeftOut = (type: string): boolean => RIGHTS.has(type) || ERASURE.has(type);

/** After it nothing is to be seen of what its stream said before. */
export const erases = (type: string): boolean => ERASURE.has(type);

/** Why the projections stand still, in a sentence that holds nothing of a memory. */
export class Halted extends Error {
  /** For the server log, which tells it with the error. */
  readonly event: { stream: string; position: Position } | undefined;

  constructor(message: string, event?: { stream: string; position: Position }) {
    super(message);
    this.event = event;
  }
}
