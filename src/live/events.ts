// The tenant's log as it grows, as far as the subscriber may see it: the same events as the query of that name shows.
import { readerOf } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import { isVoteEvent, type MemoryView } from '../domain/memory-view.ts';
import { streamName } from '../domain/streams.ts';
import { canRead, type Reader } from '../domain/visibility.ts';
import type { DecodedEvent } from '../events/codec.ts';
import { memoryFold } from '../queries/recorded-memories.ts';
import { memoriesIn, withoutSecrets, withoutUnreadable } from '../queries/redaction.ts';
import { shown, type VisibleEvent } from '../queries/visible-events.ts';
import type { See } from './cursor.ts';
import { isReadable } from './memories.ts';
import type { States } from './states.ts';

export type EventAppended = { kind: 'event'; position: Position; event: VisibleEvent };

/** `types`: null for all. */
export function seeEvents(
  states: States<MemoryView>,
  clock: () => Date,
  types: readonly string[] | null,
): See<EventAppended> {
  const now = () => clock().toISOString();

  async function mayTell(reader: Reader, decoded: DecodedEvent): Promise<boolean> {
    const { event, stream } = decoded;
    if (!memoryFold.isOwn(event) || (isVoteEvent(event) && event.data.voter !== reader.agent)) return false;
    const { after } = await states.around(decoded);
    return after !== null && canRead(reader, after.memory) && isReadable(reader, await states.now(stream), now());
  }

  /** Of the memories that the event names. */
  async function readableIn(reader: Reader, { event, at }: DecodedEvent): Promise<Set<string>> {
    const named = memoriesIn(event);
    const views = await Promise.all(named.map((id) => states.now(streamName('memory', at.tenant, id))));
    return new Set(named.filter((_, index) => isReadable(reader, views[index] ?? null, now())));
  }

  return async (decoded, caller) => {
    const { event, position } = decoded;
    if (!(types?.includes(event.type) ?? true)) return null;
    if (caller.agent === null) return { kind: 'event', position, event: shown(decoded, withoutSecrets(event)) };
    const reader = readerOf(caller);
    if (!(await mayTell(reader, decoded))) return null;
    const data = withoutUnreadable(event, await readableIn(reader, decoded));
    return { kind: 'event', position, event: shown(decoded, data) };
  };
}
