// run.started, run.completed → the document `run`.
import { evolve, isRunEvent } from '../src/domain/run.ts';
import { folding } from './projection.ts';

export const run = folding('run', isRunEvent, evolve);
