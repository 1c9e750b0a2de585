// How large a filter may be: the same for every adapter, whose query languages have limits of their own above these.
import { failure } from '../domain/failure.ts';
import type { MemoryFilter } from './view-store.ts';

/** How deep `and`, `or` and `not` may be nested. */
const MAX_DEPTH = 16;
/** Of how many filters, and of how many tests of metadata, it may be made in all. */
const MAX_PARTS = 256;

type Budget = { filters: number; tests: number };

/** Fails with INVALID_INPUT for a filter that is too large. */
export function checkFilter(filter: MemoryFilter): void {
  check(filter, { filters: MAX_PARTS, tests: MAX_PARTS }, 0);
}

function check({ and = [], or = [], not, metadata = [] }: MemoryFilter, left: Budget, depth: number): void {
  if (depth > MAX_DEPTH) throw tooLarge(`a filter may be nested ${MAX_DEPTH} levels deep`, MAX_DEPTH);
  left.filters -= 1;
  left.tests -= metadata.length;
  if (left.filters < 0) throw tooLarge(`a filter may be made of ${MAX_PARTS} filters`, MAX_PARTS);
  if (left.tests < 0) throw tooLarge(`a filter may test metadata ${MAX_PARTS} times`, MAX_PARTS);
  for (const part of [...and, ...or, ...(not === undefined ? [] : [not])]) check(part, left, depth + 1);
}

const tooLarge = (message: string, limit: number) => failure('INVALID_INPUT', message, { field: 'filter', limit });
