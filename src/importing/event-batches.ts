// Events into appends: as many as one takes, in the order of the file, so that the log's order is that of the log they
// come from.
import type { NewEvent, RecordedEvent } from '../domain/event.ts';
import { Failure, failure } from '../domain/failure.ts';
import type { AppendResult, EventLog, StreamWrite } from '../log/event-log.ts';

const MAX_EVENTS = 500;
const MAX_BYTES = 600_000;

export type EventBatches = {
  /** Waits while a full batch is written. */
  add(event: RecordedEvent): Promise<void>;
  flush(): Promise<void>;
};

type Write = StreamWrite & { events: NewEvent[] };

export function createEventBatches(log: EventLog): EventBatches {
  let writes: Write[] = [];
  let events = 0;
  let bytes = 0;
  const streams = new Set<string>();

  async function flush(): Promise<void> {
    if (writes.length === 0) return;
    const result = await append(log, writes);
    if (!result.ok)
      throw failure('CONFLICT', `${result.stream} was written to meanwhile; nothing is lost, import the file again`);
    writes = [];
    streams.clear();
    events = 0;
    bytes = 0;
  }

  return {
    flush,
    async add(event) {
      const size = Buffer.byteLength(JSON.stringify([event.data, event.metadata]));
      // A stream is once in an append: one that comes again, with others between, begins the next.
      const comesAgain = streams.has(event.stream) && writes.at(-1)?.stream !== event.stream;
      if (comesAgain || events === MAX_EVENTS || bytes + size > MAX_BYTES) await flush();
      const { id, type, recordedAt, data, metadata, stream, revision } = event;
      const entry = { id, type, recordedAt, data, metadata };
      const last = writes.at(-1);
      if (last?.stream === stream) last.events.push(entry);
      else writes.push({ stream, expected: revision === 0 ? 'none' : revision - 1, events: [entry] });
      streams.add(stream);
      events += 1;
      bytes += size;
    },
  };
}

async function append(log: EventLog, writes: readonly StreamWrite[]): Promise<AppendResult> {
  try {
    return await log.append(writes);
  } catch (error) {
    // What is in these streams was looked at, so it is in others: a tenant's events under another tenant's name.
    if (!(error instanceof Failure) || error.code !== 'COMMAND_ID_REUSED') throw error;
    throw failure('CONFLICT', 'the log has some of these events in other streams', {}, { cause: error });
  }
}
