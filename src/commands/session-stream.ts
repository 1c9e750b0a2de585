// A session's stream as commands see it: all of a tenant read it, and progress it.
import { isName } from '../domain/checks.ts';
import { failure } from '../domain/failure.ts';
import { evolve, isSessionEvent, type Session, type SessionEvent } from '../domain/session.ts';
import type { Noun } from './noun.ts';

export const sessionNoun: Noun<Session, SessionEvent> = {
  category: 'session',
  title: 'the session',
  isId: isName,
  includes: isSessionEvent,
  evolve,
  readable: (_, state, __, field) => {
    if (state === null) throw failure('NOT_FOUND', 'there is no such session', { field });
    return state;
  },
};
