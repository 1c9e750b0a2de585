// run.started, run.completed → the document `run`.
import { evolve } from '../src/domain/run.ts';
import { folding } from './folding.ts';

export const run = folding('run', evolve);
