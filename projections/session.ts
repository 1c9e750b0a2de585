// session.started, session.progressed → the document `session`.
import { evolve } from '../src/domain/session.ts';
import { folding } from './folding.ts';

export const session = folding('session', evolve);
