// A run's stream as commands see it: all of a tenant read it.
import { isName } from '../domain/checks.ts';
import { evolve, isRunEvent, type Run, type RunEvent } from '../domain/run.ts';
import { type Noun, readByAll } from './noun.ts';

export const runNoun: Noun<Run, RunEvent> = {
  category: 'run',
  title: 'the run',
  isId: isName,
  includes: isRunEvent,
  evolve,
  readable: readByAll('there is no such run'),
};
