// The event log of the distributed profile, on EventStoreDB (23.10 or later). Any number of servers write and read it.
import type { Instant } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';
import { categories as allCategories } from '../../domain/streams.ts';
import type { EventLog } from '../event-log.ts';
import { addressOf } from './address.ts';
import { createAppender } from './appender.ts';
import { type Connection, connect, type StoredEvent } from './client.ts';
import { createDeletions } from './deletions.ts';
import { createEraser } from './eraser.ts';
import { createHeads } from './heads.ts';
import { createHistory } from './history.ts';
import { createHorizon } from './horizon.ts';
import { identify } from './identity.ts';
import { createKnown } from './known.ts';
import { createOutcomes } from './outcomes.ts';
import { DELETIONS_STREAM, isBatchStream } from './own-streams.ts';
import { createPageReader } from './page-reader.ts';
import { positionsOf } from './positions.ts';
import { createRetries } from './retries.ts';
import { insist } from './retry.ts';
import { createStreamReader } from './stream-reader.ts';
import { createTimeOf } from './time-of.ts';
import { createTimes } from './times.ts';
import { closed, foreign } from './trouble.ts';
import { createTurns } from './turns.ts';
import { createWatch } from './watch.ts';
import { readWritten } from './wire.ts';
import type { Writing } from './writing.ts';

export type EventStoreLogSettings = {
  /** How long one call to the server may take before it is made again, in milliseconds. */
  callTimeout: number;
  /** How long a caller waits while calls are made again, before UNAVAILABLE. */
  patience: number;
  /** How long a batch without an outcome is left to who began it, once it was met. */
  batchTimeout: number;
};

const usual: EventStoreLogSettings = { callTimeout: 2500, patience: 8000, batchTimeout: 10_000 };

type Logger = { warn(details: object, message: string): void };

type EventStoreLogOptions = Partial<EventStoreLogSettings> & {
  /** A connection string: `esdb://…` or `esdb+discover://…`, with credentials and TLS as EventStoreDB's client takes them. */
  url: string;
  /** Hears of what went wrong outside any caller's question. */
  logger?: Logger;
};

/**
 * Fails with INVALID_INPUT for a connection string that is none, and with UNAVAILABLE and a sentence for the operator when
 * the server is away or holds a log of a later format.
 */
export async function openEventStoreLog({ url, logger = silent, ...given }: EventStoreLogOptions): Promise<EventLog> {
  const settings = { ...usual, ...given };
  if (addressOf(url).dropsCredentials)
    logger.warn({}, 'EVENTSTORE_URL has a user and a password, which are not sent: it switches TLS off');
  const connection = connect(url, settings.callTimeout);
  try {
    return await openLogOn(connection, settings, logger);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

const silent: Logger = { warn() {} };

/** The log on a connection, which it closes in the end. */
export async function openLogOn(
  connection: Connection,
  settings: EventStoreLogSettings = usual,
  logger: Logger = silent,
): Promise<EventLog> {
  const { patience } = settings;
  const { id, born } = await identify(connection, patience);
  const positions = positionsOf(id);
  const { events: ends } = await insist(patience, () => connection.readBack(null, 1));
  const horizon = createHorizon(ends[0]?.commit ?? born);
  const known = createKnown();
  const turns = createTurns();
  const deletions = createDeletions(connection, patience, known.forget);
  await deletions.refresh();
  const outcomes = createOutcomes(connection, settings);
  const reader = createStreamReader({ connection, deletions, outcomes, positions, patience });
  const heads = createHeads({ connection, deletions, outcomes, positions, horizon, born, patience });
  const historyOf = (matches: (stream: string) => boolean) =>
    createHistory({ deletions, outcomes, positions, reader }, matches);
  const watch = createWatch({ connection, heard, start: horizon.commit(), logger });
  const upToDate = async () => {
    if (!watch.live()) await deletions.refresh();
  };
  const page = createPageReader({ connection, heads, positions, born, historyOf, upToDate, patience });
  const times = createTimes({ page, positions, deletions });
  const timeOf = createTimeOf({ connection, positions, born, patience, history: () => historyOf(() => true) });
  const erase = createEraser({ connection, deletions, heads, reader, known, patience });
  const retries = createRetries(reader, known);
  let pending = 0;
  let idle: (() => void) | null = null;
  let open = true;

  const writing: Writing = {
    reader,
    known,
    deletions,
    outcomes,
    retries,
    positions,
    horizon,
    append: (stream, expected, events) =>
      insist(patience, (unsure) =>
        connection.append(stream, expected, events).then((appended) => ({ appended, unsure })),
      ),
    async commitOf(stream, revision) {
      const [stored] = await insist(patience, () => connection.readStream(stream, revision, 1));
      if (stored?.revision !== revision) throw foreign(stream, revision);
      return stored.commit;
    },
    announce(commit) {
      horizon.reach(commit);
      watch.announce(commit);
    },
    background: (work) => void tracked(() => work).catch(() => {}),
  };

  const append = createAppender(writing, turns, patience + settings.batchTimeout);

  /** Takes note of an event that the server told of; whether something became visible by it. */
  function heard(stored: StoredEvent): boolean {
    horizon.reach(stored.commit);
    if (isBatchStream(stored.stream)) return outcomes.hear(stored).committed;
    if (stored.stream === DELETIONS_STREAM) deletions.hear(stored);
    const event = readWritten(stored);
    if (event === null) return false;
    known.saw(event.log.id ?? stored.id, stored.stream);
    const tail = known.tail(stored.stream);
    if (tail === undefined || tail.stored >= stored.revision) return event.log.batch === undefined;
    known.forget(stored.stream);
    if (event.log.batch !== undefined) return false;
    if (tail.stored + 1 === stored.revision)
      known.setTail(stored.stream, { stored: stored.revision, visible: tail.visible + 1 });
    return true;
  }

  /** Closing waits for it. */
  async function tracked<T>(work: () => Promise<T>): Promise<T> {
    pending += 1;
    try {
      return await work();
    } finally {
      pending -= 1;
      if (pending === 0) idle?.();
    }
  }

  /** Runs work on the open log. */
  const using = <T>(work: () => Promise<T>): Promise<T> => (open ? tracked(work) : Promise.reject(closed()));

  return {
    start: positions.start,
    append: (writes) => using(() => append(writes)),
    readStream: (stream, { from = 0, until } = {}) =>
      using(async () => {
        if (until !== undefined) {
          positions.placeOf(until, 'until');
          return reader.loadUntil(stream, from, until);
        }
        const { events, tail } = await reader.load(stream, from);
        known.setTail(stream, tail);
        return events;
      }),
    read: (options) => using(() => page(options)),
    head: () => using(heads.read),
    parsePosition: (text, field) =>
      using(async () => {
        positions.placeOf(text, field);
        if (text > (await heads.read()))
          throw failure('INVALID_INPUT', `${field} is a position that this log has not reached`, { field });
        return text;
      }),
    positionAt: (time: Instant) => using(() => times.positionAt(time)),
    timeAt: (position) =>
      using(async () => {
        await upToDate();
        return timeOf(position);
      }),
    countAfter: (after, categories = allCategories) =>
      using(() => times.countAfter(after ?? positions.start, categories)),
    onAppend(wake) {
      if (!open) throw closed();
      return watch.subscribe(wake);
    },
    deleteStream: (stream) => using(() => turns.take([stream], () => erase(stream))),
    size: async () => null,
    async close() {
      if (!open) return;
      open = false;
      watch.close();
      outcomes.close();
      if (pending > 0) await new Promise<void>((resolve) => (idle = resolve));
      await connection.close();
    },
  };
}
