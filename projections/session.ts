// session.started, session.progressed → the document `session`.
import { evolve, isSessionEvent } from '../src/domain/session.ts';
import { folding } from './projection.ts';

export const session = folding('session', isSessionEvent, evolve);
