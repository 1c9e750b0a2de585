// Which streams have events that are left out of the views, while a page is worked on: what is known, and what changes.
import type { Instant, RecordedEvent } from '../src/domain/event.ts';
import type { ParkedStream, Parking } from '../src/views/view-store.ts';
import { Halted } from './halted.ts';

/** With more there is something else wrong than single events. */
export const MOST_PARKED = 1_000;

/** By stream. */
export type Parked = ReadonlyMap<string, ParkedStream>;

export type LeftOut = {
  has(stream: string): boolean;
  /** From this event on its stream is left out. */
  park(event: RecordedEvent, reason: string): void;
  /** One more of a stream that is left out. */
  add(stream: string): void;
  parked(): Parked;
  /** What is to be written. */
  parking(): Parking;
};

/** On top of what was parked before; nothing of that is changed in place. */
export function leavingOut(before: Parked, now: Instant): LeftOut {
  const changed = new Map<string, ParkedStream>();
  let added = 0;
  const find = (stream: string) => changed.get(stream) ?? before.get(stream);

  return {
    has: (stream) => find(stream) !== undefined,
    park({ stream, position, type }, reason) {
      if (before.size + added++ >= MOST_PARKED)
        throw new Halted(`${MOST_PARKED} streams are parked, and there are more that cannot be projected`);
      changed.set(stream, { stream, position, type, reason, events: 1, since: now });
    },
    add(stream) {
      const parked = find(stream);
      if (parked !== undefined) changed.set(stream, { ...parked, events: parked.events + 1 });
    },
    parked: () => new Map([...before, ...changed]),
    parking: () => ({ park: [...changed.values()], release: [] }),
  };
}
