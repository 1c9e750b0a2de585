// Trying again what was left out of a stream: all of it at once, and when that fails one event after the other, so that it
// is known which is at fault.
import type { Position } from '../src/domain/event.ts';
import type { EventLog } from '../src/log/event-log.ts';
import { RejectedChanges } from '../src/views/rejected-changes.ts';
import { nothingParked, type ParkedStream } from '../src/views/view-store.ts';
import { mustNotBeLeftOut } from './halted.ts';
import type { Parked } from './left-out.ts';
import { type Item, itemOf, lastOfEach, type Preparing, prepare, prepareWhatCanBe } from './prepare.ts';
import type { Written } from './written.ts';

export type Retrying = { log: Pick<EventLog, 'readStream'>; preparing: Preparing; written: Written };

/** Applies what was left out of a stream, up to a position: null, or why some of it is left out still. */
export async function retry(context: Retrying, one: ParkedStream, until: Position): Promise<string | null> {
  const { written, preparing } = context;
  const { stream } = one;
  const items = await leftOutOf(context, one, until);
  const others = written.without(stream);
  const { changes, leftOut, cut } = await prepare(preparing, items, others);
  if (cut === null && !leftOut.has(stream))
    // What a document was in between is no matter, when the store takes what it is now.
    for (const attempt of [changes, lastOfEach(changes)])
      if ((await rejection(() => written.stay(attempt, { park: [], release: [stream] }))) === null) return null;
  return oneByOne(context, items, one, others);
}

/** Of a memory that is forgotten nothing matters that was left out of it. */
export async function erase(context: Retrying, one: ParkedStream, until: Position): Promise<string | null> {
  const items = await leftOutOf(context, one, until);
  const changes = await prepareWhatCanBe(context.preparing, items);
  return rejection(() => context.written.stay(changes, { park: [], release: [one.stream] }));
}

async function leftOutOf({ log }: Retrying, one: ParkedStream, until: Position): Promise<Item[]> {
  const recorded = await log.readStream(one.stream, { until });
  return recorded.filter(({ position }) => position >= one.position).map(itemOf);
}

async function oneByOne(
  { preparing, written }: Retrying,
  items: readonly Item[],
  one: ParkedStream,
  others: Parked,
): Promise<string | null> {
  const { stream } = one;
  for (const [index, item] of items.entries()) {
    const { changes, leftOut, cut } = await prepare(preparing, [item], others);
    const fault = cut?.reason ?? leftOut.parked().get(stream)?.reason ?? null;
    // The stream stays parked until all of it is tried: a crash in between loses nothing.
    const reason = fault ?? (await rejection(() => written.stay(changes, nothingParked)));
    if (reason === null) continue;
    const { position, type } = item.recorded;
    // What must not be left out is not parked, but waited for.
    const left = items.slice(index).filter(({ recorded }) => !mustNotBeLeftOut(recorded.type));
    const still = { ...one, position, type, reason, events: left.length };
    if (mustNotBeLeftOut(type)) await written.stay([], { park: [], release: [stream] });
    else await written.stay([], { park: [still], release: [] });
    return reason;
  }
  await written.stay([], { park: [], release: [stream] });
  return null;
}

async function rejection(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof RejectedChanges) return reasonOf(error);
    throw error;
  }
}

/** Of one that is as good as any. */
export const reasonOf = ({ rejected: [first] }: RejectedChanges): string => first?.reason ?? 'the views do not take it';
