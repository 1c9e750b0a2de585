// Whether an append may be written, by the rules of the real server (CheckCommit in its IndexWriter).
import type { Expected, ProposedEvent, StoredEvent } from './stored-event.ts';
import { isSoftDeleted, lastRevision, type StreamState } from './stream-state.ts';

export type CommitCheck =
  /** `revives`: the stream is soft-deleted, and begins again after its last revision. */
  | { kind: 'write'; revives: boolean }
  /** These very events are there: they count as written once. */
  | { kind: 'repeated'; last: StoredEvent }
  | { kind: 'conflict'; current: number }
  | { kind: 'deleted' };

/** `recent`: ids that were written lately, which is all that the server knows of ids when any revision will do. */
export function checkCommit(
  stream: StreamState,
  expected: Expected,
  events: readonly ProposedEvent[],
  recent: ReadonlyMap<string, StoredEvent>,
  name: string,
): CommitCheck {
  const current = lastRevision(stream);
  const conflict: CommitCheck = { kind: 'conflict', current };
  const write: CommitCheck = { kind: 'write', revives: isSoftDeleted(stream) };

  if (stream.tombstoned) return { kind: 'deleted' };
  if (expected === 'stream-exists') {
    if (current < 0) return conflict;
    return isSoftDeleted(stream) ? { kind: 'deleted' } : write;
  }
  if (expected === 'any') {
    const known = events.map(({ id }) => recent.get(id)).filter((event) => event?.stream === name);
    if (known.length === 0 || recent.get(events[0]?.id ?? '')?.stream !== name) return write;
    const last = known.at(-1);
    return known.length === events.length && last !== undefined ? { kind: 'repeated', last } : conflict;
  }

  const revision = expected === 'no-stream' ? -1 : expected;
  if (revision > current) return conflict;
  if (revision === current || events.length === 0) return write;
  const there = events.map((_, index) => stream.events[revision + 1 + index - stream.base]);
  const same = events.filter(({ id }, index) => there[index]?.id === id).length;
  const last = there.at(-1);
  if (same === events.length && last !== undefined) return { kind: 'repeated', last };
  if (there[0]?.id !== events[0]?.id && expected === 'no-stream' && isSoftDeleted(stream)) return write;
  return conflict;
}
