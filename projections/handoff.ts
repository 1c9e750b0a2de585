// handoff.offered … handoff.expired → the document `handoff`.
import { evolve, isHandoffEvent } from '../src/domain/handoff.ts';
import { folding } from './projection.ts';

export const handoff = folding('handoff', isHandoffEvent, evolve);
