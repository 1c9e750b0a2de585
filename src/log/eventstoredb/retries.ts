// Whether an append was made before: its event ids, looked for in the streams where they may be.
import type { RecordedEvent } from '../../domain/event.ts';
import { failure } from '../../domain/failure.ts';
import type { PreparedWrite } from '../prepare.ts';
import type { Known } from './known.ts';
import type { StreamReader } from './stream-reader.ts';

export type FirstResult = { position: string; revisions: number[] };

export type Retries = {
  /** The streams that this process has lately seen one of the ids in; none for most appends. */
  suspects(writes: readonly PreparedWrite[]): string[];
  /**
   * The first result, when all ids are in their streams; null when none is. COMMAND_ID_REUSED when some are, or one is in
   * another of the streams.
   */
  firstResult(writes: readonly PreparedWrite[], others: readonly string[]): Promise<FirstResult | null>;
};

export function createRetries(reader: StreamReader, known: Known): Retries {
  return {
    suspects(writes) {
      const streams: string[] = [];
      for (const { events } of writes)
        for (const { id } of events) {
          const stream = known.streamOf(id);
          if (stream !== undefined && !streams.includes(stream)) streams.push(stream);
        }
      return streams;
    },
    async firstResult(writes, others) {
      const ids = new Set(writes.flatMap(({ events }) => events.map(({ id }) => id)));
      const streams = [...new Set([...writes.map(({ stream }) => stream), ...others])];
      const loaded = await Promise.all(streams.map((stream) => reader.load(stream, 0)));
      const found = loaded.flatMap(({ events }) => events.filter(({ id }) => ids.has(id)));
      return found.length === 0 ? null : resultOf(writes, found);
    },
  };
}

/** Throws COMMAND_ID_REUSED unless every id is where the append would put it. */
function resultOf(writes: readonly PreparedWrite[], found: readonly RecordedEvent[]): FirstResult {
  const places = new Map(found.map((event) => [event.id, event]));
  const inPlace = writes.map(({ stream, events }) =>
    events.map(({ id }) => places.get(id)).filter((event) => event?.stream === stream),
  );
  const whole = writes.every(({ events }, index) => inPlace[index]?.length === events.length);
  if (!whole) throw failure('COMMAND_ID_REUSED', 'some events of this append are in the log already, others not');
  return {
    position: inPlace.flat().reduce((last, event) => (event && event.position > last ? event.position : last), ''),
    revisions: inPlace.map((events) => Math.max(...events.map((event) => event?.revision ?? -1))),
  };
}
