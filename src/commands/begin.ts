// The one way in which a session, a feature, a run or a handoff comes to be: nothing of its id may be there, unless this
// very command began it.
import { readerOf } from '../access/caller.ts';
import type { Instant } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import type { Reader } from '../domain/visibility.ts';
import type { DomainEvent } from '../events/formats.ts';
import type { StreamWrite } from '../log/event-log.ts';
import type { Changed } from './change.ts';
import type { CommandContext } from './context.ts';
import type { Maybe } from './inputs.ts';
import type { Noun } from './noun.ts';
import { commandIdReused, requestOf, untilWon } from './request.ts';
import { afterAppend, areSame, loadStream, ownEvents } from './stream.ts';

export type Beginning = {
  /** Made, unless given: from the commandId if there is one. */
  id: Maybe<string>;
  commandId: Maybe<string>;
  /** What else must hold and the log must be asked for; a retry does not ask again. */
  require?: (reader: Reader, now: Instant) => Promise<void>;
  decide: (reader: Reader, now: Instant) => DomainEvent;
};

export async function begin<State, Event extends DomainEvent>(
  context: CommandContext,
  noun: Noun<State, Event>,
  given: Beginning,
): Promise<Changed<State>> {
  const { log } = context;
  const reader = readerOf(context.caller);
  const { ids, now, encodeFor } = requestOf(context, reader.tenant, given.commandId);
  const id = given.id ?? ids.made(noun.category);

  return untilWon(async () => {
    const loaded = await loadStream(log, noun, reader.tenant, id);
    const own = ownEvents(noun, loaded, ids);
    if (own !== null) {
      const then = own.events[0]?.at.recordedAt ?? now;
      if (!areSame(own.events, [given.decide(reader, then)])) throw commandIdReused();
      return { state: own.after, position: own.position };
    }
    const events = [given.decide(reader, now)];
    if (loaded.events.length > 0) throw failure('CONFLICT', `${noun.title} is there already`, { field: 'id' });
    await given.require?.(reader, now);

    const { stream } = loaded;
    const write: StreamWrite = { stream, expected: 'none', events: encodeFor(stream, events) };
    const result = await log.append([write]);
    if (!result.ok || result.duplicate) return undefined;
    return { state: afterAppend(noun, write, result.position), position: result.position };
  });
}
