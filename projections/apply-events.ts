// A page of events into the views, whatever is among them. An event that cannot be projected, or whose document the store
// will never take, is parked with what follows it in its stream, and all others go on.
import type { Position, RecordedEvent } from '../src/domain/event.ts';
import type { EventLog } from '../src/log/event-log.ts';
import { RejectedChanges } from '../src/views/rejected-changes.ts';
import { nothingParked, type ViewWriter } from '../src/views/view-store.ts';
import { erases, Halted, mustNotBeLeftOut } from './halted.ts';
import { leavingOut } from './left-out.ts';
import { type Item, itemOf, prepare } from './prepare.ts';
import { erase, reasonOf, retry } from './retry.ts';
import { writtenTo } from './written.ts';

export type Applying = {
  log: Pick<EventLog, 'readStream' | 'start'>;
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

export function createApplier({ log, views, clock, warn }: Applying): Applier {
  const skipped = new Map<string, number>();
  const written = writtenTo(views, log.start, warn);
  const preparing = { load: views.load, now: () => clock().toISOString(), warn };
  const retrying = { log, preparing, written };

  async function applyItems(items: readonly Item[], upTo: Position): Promise<void> {
    const { changes, leftOut, unknown, cut } = await prepare(preparing, items, written.parked());
    const alone = cut && items[cut.index];
    if (alone) {
      const before = items.slice(0, cut.index);
      const last = before.at(-1);
      if (last) await applyItems(before, last.recorded.position);
      await applyAlone(alone, cut.reason);
      return applyItems(items.slice(cut.index + 1), upTo);
    }
    try {
      await written.moveTo(upTo, changes, leftOut.parking());
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
      return applyItems(items.slice(middle), upTo);
    }
    if (first) await applyAlone(first, reason);
    if (written.checkpoint() !== upTo) await written.moveTo(upTo, [], nothingParked);
  }

  /** An event that asks for a retry, that must not be left out, or that is known to be at fault. */
  async function applyAlone({ recorded, decoded }: Item, reason: string | null): Promise<void> {
    const { type, position } = recorded;
    if (decoded?.event.type === 'parking.retried') {
      const { stream } = decoded.event.data;
      const asked = [...written.parked().values()].filter((one) => stream === null || stream === one.stream);
      for (const one of asked) await retry(retrying, one, position);
    } else if (mustNotBeLeftOut(type)) await applyOrHalt(recorded, reason);
    else {
      const leftOut = leavingOut(written.parked(), preparing.now());
      leftOut.park(recorded, reason ?? 'it cannot be applied');
      return written.moveTo(position, [], leftOut.parking());
    }
    return written.moveTo(position, [], nothingParked);
  }

  async function applyOrHalt({ stream, type, position }: RecordedEvent, reason: string | null): Promise<void> {
    const before = written.parked().get(stream);
    let fault = before === undefined ? reason : await retry(retrying, before, position);
    const still = written.parked().get(stream);
    if (fault !== null && still !== undefined && erases(type)) fault = await erase(retrying, still, position);
    if (fault === null) return;
    const message = `the projections halt at a ${type}, which cannot be applied and must not be left out: ${fault}`;
    throw new Halted(message, { stream, position });
  }

  return {
    begin: written.begin,
    apply: (events, upTo) => applyItems(events.map(itemOf), upTo),
    skipped: () => Object.fromEntries(skipped),
  };
}
