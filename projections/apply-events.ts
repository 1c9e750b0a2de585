// A page of events into the views, whatever is among them. An event that cannot be projected, or whose document the store
// will never take, is parked with what follows it in its stream, and all others go on.
import type { Instant, Position, RecordedEvent } from '../src/domain/event.ts';
import { Failure } from '../src/domain/failure.ts';
import { type DecodedEvent, decode } from '../src/events/codec.ts';
import type { EventLog } from '../src/log/event-log.ts';
import { RejectedChanges } from '../src/views/rejected-changes.ts';
import type { Change, ParkedStream, Parking, ViewWriter } from '../src/views/view-store.ts';
import { erases, Halted, mustNotBeLeftOut } from './halted.ts';
import { type LeftOut, leavingOut, type Parked } from './left-out.ts';
import { openPage } from './project-page.ts';

export type Applying = {
  log: Pick<EventLog, 'readStream'>;
  views: Pick<ViewWriter, 'load' | 'apply' | 'parked'>;
  clock: () => Date;
  warn: (details: object, message: string) => void;
};

export type Applier = {
  /** Goes on from what the views have. */
  begin(checkpoint: Position | null): Promise<void>;
  /** Applies all events up to a position, and moves the checkpoint there. Fails with Halted, or as the views do. */
  apply(events: readonly RecordedEvent[], upTo: Position): Promise<void>;
  /** Events that were passed over because their type is not known here, by type. */
  skipped(): Record<string, number>;
};

/** `decoded` is null for a type that is not known; `fault`: it is known, but cannot be read. */
type Item = { recorded: RecordedEvent; decoded: DecodedEvent | null; fault: string | null };

/** What items come to. `cut`: the first that has to be applied by itself, and why. */
type Prepared = {
  changes: Change[];
  leftOut: LeftOut;
  unknown: string[];
  cut: { index: number; reason: string | null } | null;
};

const nothing: Parking = { park: [], release: [] };

export function createApplier({ log, views, clock, warn }: Applying): Applier {
  const skipped = new Map<string, number>();
  let parked: Parked = new Map();
  let checkpoint: Position | null = null;
  const without = (stream: string): Parked => new Map([...parked].filter(([name]) => name !== stream));
  const now = (): Instant => clock().toISOString();

  async function write(changes: Change[], upTo: Position, parking: Parking, after: Parked): Promise<void> {
    await views.apply(changes, upTo, parking);
    for (const { stream, position, type, reason } of parking.park)
      if (parked.get(stream)?.position !== position)
        warn({ stream, position, type, reason }, 'an event is parked with what follows it in its stream');
    checkpoint = upTo;
    parked = after;
  }

  async function prepare(items: readonly Item[], known: Parked): Promise<Prepared> {
    const readable = items.filter(({ recorded, decoded }) => decoded !== null && !known.has(recorded.stream));
    const page = await openPage(
      readable.flatMap(({ decoded }) => decoded ?? []),
      views.load,
    );
    const places = new Map(readable.map((item, index) => [item, index]));
    const leftOut = leavingOut(known, now());
    const unknown: string[] = [];
    const upTo = (cut: Prepared['cut']): Prepared => ({ changes: page.changes(), leftOut, unknown, cut });
    for (const [index, item] of items.entries()) {
      const { recorded, decoded } = item;
      const { stream, type } = recorded;
      const halting = mustNotBeLeftOut(type);
      if (decoded?.event.type === 'parking.retried') return upTo({ index, reason: null });
      if (decoded === null && item.fault === null) unknown.push(type);
      else if (leftOut.has(stream)) {
        if (halting) return upTo({ index, reason: null });
        leftOut.add(stream);
      } else {
        const reason = item.fault ?? faultIn(item, () => page.project(places.get(item) ?? -1));
        if (reason === null) continue;
        if (halting) return upTo({ index, reason });
        leftOut.park(recorded, reason);
      }
    }
    return upTo(null);
  }

  /** Why it failed, in a sentence that holds nothing of a memory. */
  function faultIn({ recorded: { stream, type, position } }: Item, work: () => void): string | null {
    try {
      work();
      return null;
    } catch (error) {
      if (error instanceof Failure) return error.message;
      warn({ stream, type, position, trace: traceOf(error) }, 'a projection failed unexpectedly');
      return 'its projection failed unexpectedly, which is in the server log';
    }
  }

  async function applyItems(items: readonly Item[], upTo: Position): Promise<void> {
    const { changes, leftOut, unknown, cut } = await prepare(items, parked);
    const item = cut && items[cut.index];
    if (item) {
      const before = items.slice(0, cut.index);
      const last = before.at(-1);
      if (last) await applyItems(before, last.recorded.position);
      await applyAlone(item, cut.reason);
      const rest = items.slice(cut.index + 1);
      return applyItems(rest, upTo);
    }
    try {
      await write(changes, upTo, leftOut.parking(), leftOut.parked());
    } catch (error) {
      if (!(error instanceof RejectedChanges)) throw error;
      return applyHalves(items, upTo, reasonOf(error));
    }
    for (const type of unknown) skipped.set(type, (skipped.get(type) ?? 0) + 1);
  }

  /** Whose document was rejected is known, at which event it became so is not. */
  async function applyHalves(items: readonly Item[], upTo: Position, reason: string): Promise<void> {
    const middle = Math.ceil(items.length / 2);
    const [first, last] = [items[0], items[middle - 1]];
    if (items.length > 1 && last) {
      await applyItems(items.slice(0, middle), last.recorded.position);
      await applyItems(items.slice(middle), upTo);
    } else if (first) {
      await applyAlone(first, reason);
      if (checkpoint !== upTo) await write([], upTo, nothing, parked);
    }
  }

  /** An event that asks for a retry, that must not be left out, or that is known to be at fault. */
  async function applyAlone({ recorded, decoded }: Item, reason: string | null): Promise<void> {
    const { stream, type, position } = recorded;
    const event = decoded?.event;
    if (event?.type === 'parking.retried') {
      const asked = [...parked.values()].filter(
        (one) => event.data.stream === null || event.data.stream === one.stream,
      );
      for (const one of asked) await retry(one, position);
      return write([], position, nothing, parked);
    }
    const before = parked.get(stream);
    if (mustNotBeLeftOut(type)) {
      let fault = before === undefined ? reason : await retry(before, position);
      const still = parked.get(stream);
      if (fault !== null && still !== undefined && erases(type)) fault = await erase(still, position);
      if (fault === null) return write([], position, nothing, parked);
      warn({ stream, position, type, reason: fault }, 'the projections halt at an event that must not be left out');
      throw new Halted(`the projections halt at a ${type}, which cannot be applied and must not be left out: ${fault}`);
    }
    const leftOut = leavingOut(parked, now());
    leftOut.park(recorded, reason ?? 'it cannot be applied');
    return write([], position, leftOut.parking(), leftOut.parked());
  }

  /** Applies what was left out of a stream up to a position: null, or why some of it still is. */
  async function retry(one: ParkedStream, until: Position): Promise<string | null> {
    const { stream } = one;
    const items = await leftOutOf(one, until);
    const others = without(stream);
    const whole: Parking = { park: [], release: [stream] };
    const at = checkpoint ?? until;
    const { changes, leftOut, cut } = await prepare(items, others);
    if (cut === null && !leftOut.has(stream)) {
      // What a document was in between is no matter, when the store takes what it is now.
      for (const attempt of [changes, lastOfEach(changes)]) {
        try {
          await write(attempt, at, whole, others);
          return null;
        } catch (error) {
          if (!(error instanceof RejectedChanges)) throw error;
        }
      }
    }
    return retryOneByOne(items, at, one, others);
  }

  async function leftOutOf({ stream, position: from }: ParkedStream, until: Position): Promise<Item[]> {
    const recorded = await log.readStream(stream, { until });
    return recorded.filter(({ position }) => position >= from).map(itemOf);
  }

  /** Of a memory that is forgotten nothing matters that was left out of it. */
  async function erase(one: ParkedStream, until: Position): Promise<string | null> {
    const items = await leftOutOf(one, until);
    const readable = items.flatMap((item) => (item.decoded === null ? [] : [{ item, decoded: item.decoded }]));
    const page = await openPage(
      readable.map(({ decoded }) => decoded),
      views.load,
    );
    for (const [index, { item }] of readable.entries()) faultIn(item, () => page.project(index));
    const { stream } = one;
    try {
      await write(lastOfEach(page.changes()), checkpoint ?? until, { park: [], release: [stream] }, without(stream));
      return null;
    } catch (error) {
      if (error instanceof RejectedChanges) return reasonOf(error);
      throw error;
    }
  }

  async function retryOneByOne(
    items: readonly Item[],
    at: Position,
    one: ParkedStream,
    others: Parked,
  ): Promise<string | null> {
    const { stream } = one;
    for (const [index, item] of items.entries()) {
      const fault = await attempt(item, at, others);
      if (fault === null) continue;
      const { position, type } = item.recorded;
      // It is not parked, but waited for.
      if (mustNotBeLeftOut(type)) {
        await write([], at, { park: [], release: [stream] }, others);
        return fault;
      }
      const left = items.slice(index).filter((later) => !mustNotBeLeftOut(later.recorded.type));
      const still = { ...one, position, type, reason: fault, events: left.length };
      await write([], at, { park: [still], release: [] }, new Map([...others, [stream, still]]));
      return fault;
    }
    await write([], at, { park: [], release: [stream] }, others);
    return null;
  }

  async function attempt(item: Item, at: Position, others: Parked): Promise<string | null> {
    const { changes, leftOut, cut } = await prepare([item], others);
    const fault = cut?.reason ?? leftOut.parked().get(item.recorded.stream)?.reason ?? null;
    if (fault !== null) return fault;
    try {
      // The stream stays parked until all of it is tried: a crash in between loses nothing.
      await write(changes, at, nothing, parked);
      return null;
    } catch (error) {
      if (error instanceof RejectedChanges) return reasonOf(error);
      throw error;
    }
  }

  return {
    async begin(from) {
      checkpoint = from;
      parked = new Map((await views.parked()).map((one) => [one.stream, one]));
    },
    apply: (events, upTo) => applyItems(events.map(itemOf), upTo),
    skipped: () => Object.fromEntries(skipped),
  };
}

function itemOf(recorded: RecordedEvent): Item {
  try {
    return { recorded, decoded: decode(recorded), fault: null };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { recorded, decoded: null, fault: error.message };
  }
}

function lastOfEach(changes: readonly Change[]): Change[] {
  return [
    ...new Map(changes.map((change) => [JSON.stringify([change.kind, change.tenant, change.id]), change])).values(),
  ];
}

const reasonOf = ({ rejected: [first] }: RejectedChanges): string => first?.reason ?? 'the views do not take it';

/** Where it came from, without the message, which may quote a memory. */
const traceOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}${/\n\s+at .*/s.exec(error.stack ?? '')?.[0] ?? ''}` : typeof error;
