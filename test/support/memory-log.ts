// The event log's port over an array: for tests of what stands above it. It passes the port's conformance suite, so a
// test that runs on it says something about every adapter.
import { randomBytes } from 'node:crypto';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { failure } from '../../src/domain/failure.ts';
import { type Category, parseStream } from '../../src/domain/streams.ts';
import type { AppendResult, EventLog, ReadLog } from '../../src/log/event-log.ts';
import {
  checkPageLimit,
  type PreparedAppend,
  type PreparedEvent,
  type PreparedWrite,
  prepareAppend,
} from '../../src/log/prepare.ts';
import { positionsOf } from '../../src/log/sqlite/positions.ts';

type Row = PreparedEvent & { stream: string; revision: number; sequence: number };

/** What several handles share, as several processes share a file. */
type MemoryStorage = { id: string; rows: Row[]; head: number; wakes: Set<() => void> };

export const memoryStorage = (): MemoryStorage => ({
  id: randomBytes(3).toString('hex'),
  rows: [],
  head: 0,
  wakes: new Set(),
});

export function openMemoryLog(storage: MemoryStorage = memoryStorage()): EventLog {
  const positions = positionsOf(storage.id);
  const own = new Set<() => void>();
  let open = true;

  const inStream = (stream: string) => storage.rows.filter((row) => row.stream === stream);
  const headOf = (stream: string) => inStream(stream).at(-1)?.revision ?? -1;
  const recorded = ({ sequence, ...row }: Row): RecordedEvent => ({
    ...row,
    data: JSON.parse(row.data),
    metadata: JSON.parse(row.metadata),
    position: positions.of(sequence),
  });
  const sequence = (position: string | null, field: string) =>
    position === null ? 0 : positions.sequenceOf(position, field);
  const needOpen = () => {
    if (!open) throw failure('UNAVAILABLE', 'the event log is closed');
  };

  function decide({ writes }: PreparedAppend): AppendResult {
    const kept = writes.map((write) => write.events.map(({ id }) => storage.rows.find((row) => row.id === id)));
    const found = kept.flat().filter((row) => row !== undefined);
    if (found.length > 0) return firstResult(writes, kept, found);
    for (const { stream, expected } of writes) {
      const revision = headOf(stream);
      if (expected !== 'any' && revision !== (expected === 'none' ? -1 : expected))
        return { ok: false, stream, revision };
    }
    const revisions = writes.map(({ stream, events }) => {
      let revision = headOf(stream);
      for (const event of events) {
        revision += 1;
        storage.head += 1;
        storage.rows.push({ ...event, stream, revision, sequence: storage.head });
      }
      return revision;
    });
    for (const wake of [...storage.wakes]) wake();
    return { ok: true, position: positions.of(storage.head), revisions, duplicate: false };
  }

  function firstResult(writes: PreparedWrite[], kept: (Row | undefined)[][], found: Row[]): AppendResult {
    const whole = writes.every(({ stream }, index) => kept[index]?.every((row) => row?.stream === stream));
    if (!whole) throw failure('COMMAND_ID_REUSED', 'some events of this append are in the log already, others not');
    const revisions = kept.map((rows) => Math.max(...rows.map((row) => row?.revision ?? -1)));
    const last = Math.max(...found.map((row) => row.sequence));
    return { ok: true, position: positions.of(last), revisions, duplicate: true };
  }

  const matches =
    ({ categories, tenant }: { categories?: readonly Category[] | undefined; tenant?: string | undefined }) =>
    (row: Row) => {
      const name = parseStream(row.stream);
      return (
        name !== null &&
        (categories?.includes(name.category) ?? true) &&
        (tenant === undefined || tenant === name.tenant)
      );
    };

  return {
    start: positions.of(0),
    async append(writes) {
      needOpen();
      return decide(prepareAppend(writes));
    },
    async readStream(stream, { from = 0, until } = {}) {
      needOpen();
      const end = until === undefined ? storage.head : sequence(until, 'until');
      return inStream(stream)
        .filter((row) => row.revision >= from && row.sequence <= end)
        .map(recorded);
    },
    async read({ after, until, limit, ...filter }: ReadLog) {
      needOpen();
      checkPageLimit(limit);
      const begin = sequence(after, 'after');
      const end = until === undefined ? storage.head : Math.min(sequence(until, 'until'), storage.head);
      const rows = storage.rows.filter((row) => row.sequence > begin && row.sequence <= end).filter(matches(filter));
      const page = rows.slice(0, limit);
      const complete = page.length === rows.length;
      const last = complete ? Math.max(begin, end) : (page.at(-1)?.sequence ?? begin);
      return { events: page.map(recorded), position: positions.of(last), end: complete };
    },
    async head() {
      needOpen();
      return positions.of(storage.head);
    },
    async parsePosition(text, field) {
      needOpen();
      return positions.reached(text, storage.head, field);
    },
    async positionAt(time) {
      needOpen();
      return positions.of(storage.rows.findLast((row) => row.recordedAt <= time)?.sequence ?? 0);
    },
    async timeAt(position) {
      needOpen();
      const end = sequence(position, 'position');
      return storage.rows.findLast((row) => row.sequence <= end)?.recordedAt ?? null;
    },
    async countAfter(after, categories) {
      needOpen();
      const begin = sequence(after, 'after');
      return storage.rows.filter((row) => row.sequence > begin).filter(matches({ categories })).length;
    },
    onAppend(wake) {
      const call = () => {
        try {
          wake();
        } catch {
          // A subscriber's trouble is not the append's.
        }
      };
      own.add(call);
      storage.wakes.add(call);
      return () => {
        own.delete(call);
        storage.wakes.delete(call);
      };
    },
    async deleteStream(stream) {
      needOpen();
      storage.rows = storage.rows.filter((row) => row.stream !== stream);
    },
    async size() {
      return null;
    },
    async close() {
      open = false;
      for (const call of own) storage.wakes.delete(call);
    },
  };
}
