// The query side: everything a caller may ask. Each question is bound to who asks; none can be put without.
import type { Caller } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import { type AsOf, memoryAsOf, momentOf } from './as-of.ts';
import type { QueryDependencies } from './dependencies.ts';
import { type EventsInput, events } from './events.ts';
import { type FeaturesInput, feature, features } from './features.ts';
import { type HandoffsInput, handoff, handoffHistory, handoffs } from './handoffs.ts';
import { history, recordHistory } from './history.ts';
import { type ListInput, memories, memoriesById, memory } from './lists.ts';
import { parkedStreams } from './parked.ts';
import { memoriesAsOf } from './past-lists.ts';
import { type Pin, pinnedMemories, pinnedSession } from './pinned.ts';
import { type PlaybookInput, playbook } from './playbook.ts';
import { recordedMemories } from './recorded-memories.ts';
import { featureAsOf, handoffAsOf, sessionAsOf } from './records-as-of.ts';
import { run } from './runs.ts';
import { type SearchInput, search } from './search.ts';
import { type SessionsInput, session, sessions } from './sessions.ts';
import { keys, teams } from './tenant.ts';
import { verify } from './verify.ts';
import { why } from './why.ts';

export type Queries = ReturnType<ReturnType<typeof createQueries>>;

export function createQueries(dependencies: QueryDependencies) {
  return (caller: Caller) => {
    const context = { ...dependencies, caller };
    return {
      memory: (id: string, minPosition: Position | null = null) => memory(context, id, minPosition),
      memoryAsOf: async (id: string, asOf: AsOf) => memoryAsOf(context, id, await momentOf(context, asOf, 'asOf')),
      /** In the order asked; null for what the caller may not read. */
      memoriesById: (ids: readonly string[]) => memoriesById(context, ids),
      /** The same from the log, which is never behind. */
      recordedMemories: (ids: readonly string[]) => recordedMemories(context, ids),
      memories: (input: ListInput) =>
        input.asOf == null ? memories(context, input) : memoriesAsOf(context, input, input.asOf),
      search: (input: SearchInput) => search(context, input),
      playbook: (input: PlaybookInput) => playbook(context, input),
      history: (id: string) => history(context, id),
      session: (id: string, asOf: AsOf | null = null) =>
        asOf === null ? session(context, id) : sessionAsOf(context, id, asOf),
      sessions: (input: SessionsInput) => sessions(context, input),
      sessionHistory: (id: string) => recordHistory(context, 'session', id),
      feature: (namespace: string, id: string, asOf: AsOf | null = null) =>
        asOf === null ? feature(context, namespace, id) : featureAsOf(context, namespace, id, asOf),
      features: (input: FeaturesInput) => features(context, input),
      /** By the feature's key in its tenant. */
      featureHistory: (key: string) => recordHistory(context, 'feature', key),
      run: (id: string) => run(context, id),
      handoff: (id: string, asOf: AsOf | null = null) =>
        asOf === null ? handoff(context, id) : handoffAsOf(context, id, asOf),
      handoffs: (input: HandoffsInput) => handoffs(context, input),
      handoffHistory: (id: string) => handoffHistory(context, id),
      /** As of a position, in the order asked; null for what the caller may not read as it was then, or as it is now. */
      pinnedMemories: (pins: readonly Pin[]) => pinnedMemories(context, pins),
      pinnedSession: (pin: Pin) => pinnedSession(context, pin),
      events: (input: EventsInput) => events(context, input),
      verify: () => verify(context),
      why: (receipt: string) => why(context, receipt),
      teams: () => teams(context),
      keys: () => keys(context),
      parkedStreams: (minPosition: Position | null) => parkedStreams(context, minPosition),
    };
  };
}
