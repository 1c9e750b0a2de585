// A handoff's stream as commands see it.
import { evolve, type Handoff, type HandoffEvent, isHandoffEvent } from '../domain/handoff.ts';
import { visible } from '../domain/handoff-decisions.ts';
import { isUuid } from './ids.ts';
import type { Noun } from './noun.ts';

export const handoffNoun: Noun<Handoff, HandoffEvent> = {
  category: 'handoff',
  title: 'the handoff',
  isId: isUuid,
  includes: isHandoffEvent,
  evolve,
  readable: (reader, state) => visible(reader, state),
};
