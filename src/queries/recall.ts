// What fits a task, of what the caller may read and others may, too: a search, for a handoff to take from.
import type { Caller } from '../access/caller.ts';
import type { Position } from '../domain/event.ts';
import type { MemoryView } from '../domain/memory-view.ts';

import type { QueryDependencies } from './dependencies.ts';
import { search } from './search.ts';

/** The recipient may read only some of them: so many times as many as a handoff takes at most. */
const CANDIDATES = 200;

export const createRecall =
  (dependencies: QueryDependencies) =>
  async (caller: Caller, task: string, position: Position): Promise<MemoryView[]> => {
    const { hits } = await search(
      { ...dependencies, caller },
      {
        query: task,
        mode: 'HYBRID',
        // What is private only its owner reads.
        filter: { scopes: ['AGENT_SHARED', 'GLOBAL'] },
        includeDeprecated: false,
        first: CANDIDATES,
        minScore: null,
        decay: false,
        effectivenessWeight: 0,
        minPosition: position,
      },
    );
    return hits;
  };
