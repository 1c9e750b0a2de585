// What an append is before it is one to a single stream or to several: checked, and behind those that came before it.
import { failure } from '../../domain/failure.ts';
import type { AppendResult, StreamWrite } from '../event-log.ts';
import { prepareAppend } from '../prepare.ts';
import { appendToSeveral } from './batch-append.ts';
import { MAX_EVENTS } from './positions.ts';
import { appendToOne } from './single-append.ts';
import { away } from './trouble.ts';
import type { Turns } from './turns.ts';
import { checkSize } from './wire.ts';
import type { Writing } from './writing.ts';

/** Appends under way at once; more are refused with UNAVAILABLE. */
const MAX_WAITING = 4096;

/** `longest`: milliseconds that an append may wait for others to its streams. */
export function createAppender(
  writing: Writing,
  turns: Turns,
  longest: number,
): (writes: readonly StreamWrite[]) => Promise<AppendResult> {
  let waiting = 0;

  return async (writes) => {
    if (waiting >= MAX_WAITING)
      throw failure('UNAVAILABLE', 'the event log has more appends waiting than it can hold; try again');
    const { writes: prepared } = prepareAppend(writes);
    const streams: string[] = [];
    let count = 0;
    for (const { stream, events } of prepared) {
      checkSize(events, stream);
      streams.push(stream);
      count += events.length;
    }
    if (count > MAX_EVENTS)
      throw failure('PAYLOAD_TOO_LARGE', `an append of ${count} events is over the limit of ${MAX_EVENTS}`, {
        limit: MAX_EVENTS,
      });
    const [first] = prepared;
    const end = performance.now() + longest;
    waiting += 1;
    try {
      return await turns.take(streams, () => {
        if (performance.now() > end) throw away(new Error('other appends to the same stream took too long'));
        return first !== undefined && streams.length === 1
          ? appendToOne(writing, first)
          : appendToSeveral(writing, prepared);
      });
    } finally {
      waiting -= 1;
    }
  };
}
