// The embedded views: the port's specification, and what files and a worker add to it.
import { viewStoreConformance } from '../conformance/view-store.ts';
import { makeEmbedded } from './open.ts';

viewStoreConformance('embedded', makeEmbedded);
