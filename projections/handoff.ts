// handoff.offered … handoff.expired → the document `handoff`.
import { evolve } from '../src/domain/handoff.ts';
import { folding } from './folding.ts';

export const handoff = folding('handoff', evolve);
