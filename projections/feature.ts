// feature.declared, feature.updated → the document `feature`.
import { evolve } from '../src/domain/feature.ts';
import { folding } from './folding.ts';

export const feature = folding('feature', evolve);
