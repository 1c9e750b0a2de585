// A handoff's stream as commands see it.
import { evolve, type Handoff, type HandoffEvent } from '../domain/handoff.ts';
import { visible } from '../domain/handoff-decisions.ts';
import type { DomainEvent } from '../events/formats.ts';
import { isUuid } from './ids.ts';
import type { Noun } from './noun.ts';

export const handoffNoun: Noun<Handoff, HandoffEvent> = {
  category: 'handoff',
  title: 'the handoff',
  isId: isUuid,
  includes: (event: DomainEvent): event is HandoffEvent => event.type.startsWith('handoff.'),
  evolve,
  readable: (reader, state) => visible(reader, state),
};
