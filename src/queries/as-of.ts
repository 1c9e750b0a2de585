// Reading the past: the state and the rights as of a position, less what the caller may not read now.
import { readerOf } from '../access/caller.ts';
import { rosterAt } from '../access/roster-at.ts';
import type { Instant, Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { isAlive } from '../domain/memory.ts';
import type { MemoryView } from '../domain/memory-view.ts';
import { streamName } from '../domain/streams.ts';
import { canRead, type Reader } from '../domain/visibility.ts';

import type { PastReader, QueryContext } from './dependencies.ts';
import { foldStream } from './fold-stream.ts';
import { memoriesById } from './lists.ts';
import { memoryFold } from './recorded-memories.ts';
import { waitFor } from './wait.ts';
import { orFromLog } from './while-away.ts';

/** One of the two. */
export type AsOf = { position: Position } | { time: Instant };

export type Moment = {
  position: Position;
  /** When its event was recorded: what decides what had expired, and how old things were. */
  now: Instant;
};

/** Before everything. */
const BEGINNING: Instant = '0000-01-01T00:00:00.000Z';

/**
 * INVALID_INPUT for what is not past: a position this log has not reached or never made, a time to come. The views have
 * that position when it resolves, else it is INDEX_BEHIND: what may be read now is asked of them, or of the log while they
 * are away.
 */
export async function momentOf(context: QueryContext, asOf: AsOf, field: string): Promise<Moment> {
  const { log, clock } = context;
  const position =
    'position' in asOf
      ? await log.parsePosition(asOf.position, `${field}.position`)
      : await log.positionAt(pastTime(asOf.time, clock().toISOString(), `${field}.time`));
  await reachedOrAway(context, position, field);
  return { position, now: (await log.timeAt(position)) ?? BEGINNING };
}

export const reachedOrAway = (context: QueryContext, position: Position, field: string): Promise<number> =>
  orFromLog(
    () => waitFor(context, position, field),
    async () => 0,
  );

function pastTime(time: Instant, now: Instant, field: string): Instant {
  if (time > now) throw failure('INVALID_INPUT', `${field} is in the future`, { field });
  return time;
}

/** A memory as it was, if the caller could read it then and can now. */
export async function memoryAsOf(context: QueryContext, id: string, moment: Moment): Promise<MemoryView | null> {
  const { tenant, agent } = readerOf(context.caller);
  const stream = streamName('memory', tenant, id);
  const then = await foldStream(context.log, stream, memoryFold, { until: moment.position });
  if (then === null || !isAlive(then.memory, moment.now)) return null;
  const { readerOf: rightsOf } = await rosterAt(context.log, tenant, moment.position);
  if (!canRead(rightsOf(tenant, agent), then.memory)) return null;
  const [present] = await memoriesById(context, [id]);
  return present == null ? null : then;
}

/** What `work` finds in the views of that moment, asked with the rights of then. */
export function inPast<T>(
  context: QueryContext,
  moment: Moment,
  work: (views: PastReader, reader: Reader) => Promise<T>,
): Promise<T> {
  const { tenant, agent } = readerOf(context.caller);
  return context.past({ tenant, ...moment }, (past) => work(past.views, past.readerOf(tenant, agent)));
}

/** Those of the rows that the caller may still read. */
export async function stillReadable<Row extends MemoryView>(
  context: QueryContext,
  rows: readonly Row[],
): Promise<Row[]> {
  if (rows.length === 0) return [];
  const found = await memoriesById(
    context,
    rows.map(({ memory }) => memory.id),
  );
  return rows.filter((_, index) => found[index] !== null);
}
