// A run's stream as commands see it: all of a tenant read it.
import { isName } from '../domain/checks.ts';
import { failure } from '../domain/failure.ts';
import { evolve, isRunEvent, type Run, type RunEvent } from '../domain/run.ts';
import type { Noun } from './noun.ts';

export const runNoun: Noun<Run, RunEvent> = {
  category: 'run',
  title: 'the run',
  isId: isName,
  includes: isRunEvent,
  evolve,
  readable: (_, state, __, field) => {
    if (state === null) throw failure('NOT_FOUND', 'there is no such run', { field });
    return state;
  },
};
