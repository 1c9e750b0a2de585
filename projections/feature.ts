// feature.declared, feature.updated → the document `feature`.
import { evolve, isFeatureEvent } from '../src/domain/feature.ts';
import { folding } from './projection.ts';

export const feature = folding('feature', isFeatureEvent, evolve);
