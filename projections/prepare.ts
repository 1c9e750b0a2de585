// What events come to, before anything is written: the changes, what has to be left out of them, and where to stop.
import type { Instant, Position, RecordedEvent } from '../src/domain/event.ts';
import { Failure } from '../src/domain/failure.ts';
import { type DecodedEvent, decode } from '../src/events/codec.ts';
import type { Change, ViewWriter } from '../src/views/view-store.ts';
import { mustNotBeLeftOut } from './halted.ts';
import { type LeftOut, leavingOut, type Parked } from './left-out.ts';
import { openPage } from './project-page.ts';

/** `decoded` is null for a type that is not known; `fault`: it is known, but cannot be read. */
export type Item = { recorded: RecordedEvent; decoded: DecodedEvent | null; fault: string | null };

export type Prepared = {
  changes: Change[];
  leftOut: LeftOut;
  /** Types that are not known. */
  unknown: string[];
  /** The first that has to be applied by itself, and why. */
  cut: { index: number; reason: string | null } | null;
};

export type Preparing = {
  load: ViewWriter['load'];
  now: () => Instant;
  warn: (details: object, message: string) => void;
};

export function itemOf(recorded: RecordedEvent): Item {
  try {
    return { recorded, decoded: decode(recorded), fault: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { recorded, decoded: null, fault: error.message };
  }
}

/** `parked`: the streams of which events are left out already. */
export async function prepare(
  { load, now, warn }: Preparing,
  items: readonly Item[],
  parked: Parked,
): Promise<Prepared> {
  const project = await projecting(load, items, ({ stream }) => !parked.has(stream));
  const leftOut = leavingOut(parked, now());
  const unknown: string[] = [];
  const upTo = (cut: Prepared['cut']): Prepared => ({ changes: project.changes(), leftOut, unknown, cut });
  for (const [index, item] of items.entries()) {
    const { recorded, decoded } = item;
    const { stream, type } = recorded;
    if (decoded?.event.type === 'parking.retried') return upTo({ index, reason: null });
    if (decoded === null && item.fault === null) unknown.push(type);
    else if (leftOut.has(stream)) {
      if (mustNotBeLeftOut(type)) return upTo({ index, reason: null });
      leftOut.add(stream);
    } else {
      const reason = item.fault ?? faultIn(recorded, () => project.item(item), warn);
      if (reason === null) continue;
      if (mustNotBeLeftOut(type)) return upTo({ index, reason });
      leftOut.park(recorded, reason);
    }
  }
  return upTo(null);
}

/** The documents as they are last, from all events that can be read and projected: what cannot is as if it were not there. */
export async function prepareWhatCanBe({ load, warn }: Preparing, items: readonly Item[]): Promise<Change[]> {
  const project = await projecting(load, items, () => true);
  for (const item of items) faultIn(item.recorded, () => project.item(item), warn);
  return lastOfEach(project.changes());
}

export function lastOfEach(changes: readonly Change[]): Change[] {
  return [...new Map(changes.map((one) => [JSON.stringify([one.kind, one.tenant, one.id]), one])).values()];
}

async function projecting(
  load: ViewWriter['load'],
  items: readonly Item[],
  isWanted: (recorded: RecordedEvent) => boolean,
) {
  const places = new Map<Item, number>();
  const events: DecodedEvent[] = [];
  for (const item of items)
    if (item.decoded !== null && isWanted(item.recorded)) places.set(item, events.push(item.decoded) - 1);
  const page = await openPage(events, load);
  return {
    changes: page.changes,
    item(item: Item): void {
      const place = places.get(item);
      if (place !== undefined) page.project(place);
    },
  };
}

/** Why it failed, in a sentence that holds nothing of a memory. */
function faultIn(
  { stream, type, position }: { stream: string; type: string; position: Position },
  work: () => void,
  warn: Preparing['warn'],
): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    warn({ stream, type, position, trace: traceOf(error) }, 'a projection failed unexpectedly');
    return 'its projection failed unexpectedly, which is in the server log';
  }
}

/** Where it came from, without the message, which may quote a memory. */
const traceOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}${/\n\s+at .*/s.exec(error.stack ?? '')?.[0] ?? ''}` : typeof error;
