// The specification of the views' port, to be run on every adapter:
//   viewStoreConformance('embedded', async (signature) => ({ store, reopen, cleanup }))
import { describe } from 'vitest';
import { contextTests } from './view-store/context.ts';
import { documentTests } from './view-store/documents.ts';
import { filterTests } from './view-store/filters.ts';
import { harness, type MakeViews } from './view-store/harness.ts';
import { listTests } from './view-store/lists.ts';
import { parkingTests } from './view-store/parking.ts';
import { propertyTests } from './view-store/properties.ts';
import { recordTests } from './view-store/records.ts';
import { rightsTests } from './view-store/rights.ts';
import { searchTests } from './view-store/search.ts';
import { vectorTests } from './view-store/vectors.ts';

export type { MakeViews, ViewsUnderTest } from './view-store/harness.ts';

export type ConformanceOptions = {
  /** Of each property test, each on a store of its own. */
  runs?: number;
  /** Whether readers see all of a batch or nothing of it, also while it is applied. */
  wholeBatches?: boolean;
};

export function viewStoreConformance(
  name: string,
  make: MakeViews,
  { runs = 30, wholeBatches = true }: ConformanceOptions = {},
): void {
  describe(`views: ${name}`, () => {
    const context = harness(make);
    describe('documents', () => documentTests(context, wholeBatches));
    describe('rights', () => rightsTests(context));
    describe('filters', () => filterTests(context));
    describe('lists', () => listTests(context));
    describe('search', () => searchTests(context));
    describe('context within a session', () => contextTests(context));
    describe('vectors', () => vectorTests(context));
    describe('parking and refreshing', () => parkingTests(context));
    describe('records', () => recordTests(context));
    describe('properties', () => propertyTests(make, runs));
  });
}
