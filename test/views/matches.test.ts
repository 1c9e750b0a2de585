import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matches } from '../../src/views/matches.ts';
import { matches as plainly } from '../support/naive-filter.ts';
import { filters, views } from './arbitraries.ts';

test('the filter on one memory says what its plain reading says', () => {
  fc.assert(
    fc.property(views, fc.array(filters, { minLength: 5, maxLength: 10 }), (rows, asked) => {
      for (const filter of asked)
        for (const view of rows) expect(matches(filter, view), JSON.stringify(filter)).toBe(plainly(filter, view));
    }),
    { numRuns: 300 },
  );
});
