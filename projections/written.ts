// What the views have: how far they are, and which streams are parked. It changes by what is written, and not before.
import type { Position } from '../src/domain/event.ts';
import type { Change, Parking, ViewWriter } from '../src/views/view-store.ts';
import type { Parked } from './left-out.ts';

export type Written = {
  /** As the views say. */
  begin(checkpoint: Position | null): Promise<void>;
  /** null: nothing yet. */
  checkpoint(): Position | null;
  parked(): Parked;
  without(stream: string): Parked;
  /** Everything up to a position is written with this. */
  moveTo(position: Position, changes: readonly Change[], parking: Parking): Promise<void>;
  /** What comes on top of what was written, at the same checkpoint. */
  stay(changes: readonly Change[], parking: Parking): Promise<void>;
};

export function writtenTo(
  views: Pick<ViewWriter, 'apply' | 'parked'>,
  start: Position,
  warn: (details: object, message: string) => void,
): Written {
  let checkpoint: Position | null = null;
  let parked: Parked = new Map();

  async function moveTo(position: Position, changes: readonly Change[], parking: Parking): Promise<void> {
    await views.apply(changes, position, parking);
    checkpoint = position;
    const after = new Map(parked);
    for (const stream of parking.release) after.delete(stream);
    for (const one of parking.park) {
      const { stream, position: from, type, reason } = one;
      if (after.get(stream)?.position !== from)
        warn({ stream, position: from, type, reason }, 'an event is parked with what follows it in its stream');
      after.set(stream, one);
    }
    parked = after;
  }

  return {
    async begin(from) {
      checkpoint = from;
      parked = new Map((await views.parked()).map((one) => [one.stream, one]));
    },
    checkpoint: () => checkpoint,
    parked: () => parked,
    without: (stream) => new Map([...parked].filter(([name]) => name !== stream)),
    moveTo,
    stay: (changes, parking) => moveTo(checkpoint ?? start, changes, parking),
  };
}
