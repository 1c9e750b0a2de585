// The query side: everything a caller may ask. Each question is bound to who asks; none can be put without.
import type { Caller } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import type { QueryDependencies } from './dependencies.ts';
import { type EventsInput, events } from './events.ts';
import { history } from './history.ts';
import { type ListInput, memories, memoriesById, memory } from './lists.ts';
import { type PlaybookInput, playbook } from './playbook.ts';
import { type SearchInput, search } from './search.ts';
import { keys, teams } from './tenant.ts';

export type Queries = ReturnType<ReturnType<typeof createQueries>>;

export function createQueries(dependencies: QueryDependencies) {
  return (caller: Caller) => {
    const context = { ...dependencies, caller };
    return {
      memory: (id: string, minPosition: Position | null = null) => memory(context, id, minPosition),
      /** In the order asked; null for what the caller may not read. */
      memoriesById: (ids: readonly string[]) => memoriesById(context, ids),
      memories: (input: ListInput) => memories(context, input),
      search: (input: SearchInput) => search(context, input),
      playbook: (input: PlaybookInput) => playbook(context, input),
      history: (id: string) => history(context, id),
      events: (input: EventsInput) => events(context, input),
      teams: () => teams(context),
      keys: () => keys(context),
    };
  };
}
