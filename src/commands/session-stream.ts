// A session's stream as commands see it: all of a tenant read it, and progress it.
import { isName } from '../domain/checks.ts';
import { evolve, isSessionEvent, type Session, type SessionEvent } from '../domain/session.ts';
import { type Noun, readByAll } from './noun.ts';

export const sessionNoun: Noun<Session, SessionEvent> = {
  category: 'session',
  title: 'the session',
  isId: isName,
  includes: isSessionEvent,
  evolve,
  readable: readByAll('there is no such session'),
};
