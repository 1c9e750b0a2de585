// The filters and the rights in SQL, against plain functions over the same documents.
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MemoryView } from '../../src/domain/memory-view.ts';
import { documentsOf } from '../../src/views/embedded/documents.ts';
import { listRows } from '../../src/views/embedded/list.ts';
import { defineMetadataFunction } from '../../src/views/embedded/metadata-function.ts';
import { createTables } from '../../src/views/embedded/views-file.ts';
import type { MemoryFilter } from '../../src/views/view-store.ts';
import { filters, now, readers, selectedOf, views } from './arbitraries.ts';

function databaseOf(rows: readonly MemoryView[]) {
  const db = new DatabaseSync(':memory:');
  createTables(db);
  defineMetadataFunction(db);
  const documents = documentsOf(db);
  for (const { memory, votes } of rows) {
    documents.putMemory(memory, JSON.stringify(memory), '1', { encoded: new Uint8Array(), passages: [] });
    documents.putVotes(memory, votes, JSON.stringify(votes), '2');
  }
  return db;
}

test('a filter in SQL finds what the plain function finds, under the same rights', () => {
  fc.assert(
    fc.property(
      views,
      fc.array(fc.tuple(readers, filters, fc.boolean()), { minLength: 5, maxLength: 10 }),
      (rows, asked) => {
        const db = databaseOf(rows);
        for (const [reader, filter, includeDeprecated] of asked) {
          const selection = { reader, filter, includeDeprecated, now };
          const { rows: found, total } = listRows(db, { ...selection, first: 1_000 });
          const ids = found.map(({ document }) => JSON.parse(document).id);
          const expected = selectedOf(rows, selection);
          expect(ids.toSorted()).toEqual(expected);
          expect(total).toBe(expected.length);
        }
        db.close();
      },
    ),
    { numRuns: 300 },
  );
});

test('a filter made of very many is refused with its limit, and one of many is not', () => {
  const db = databaseOf([]);
  const reader = { tenant: 'acme', agent: null, teams: [], peers: [] };
  const ask = (count: number) => {
    const or = Array.from({ length: count }, (_, i): MemoryFilter => ({ not: { users: [`u${i}`] } }));
    return listRows(db, { reader, filter: { or }, now, first: 1 });
  };
  expect(ask(100).total).toBe(0);
  expect(() => ask(1_000)).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', details: { field: 'filter', limit: 256 } }),
  );
  db.close();
});

test('a filter nested without end is refused with its limit', () => {
  const db = databaseOf([]);
  const endless: MemoryFilter = {};
  endless.not = endless;
  const reader = { tenant: 'acme', agent: null, teams: [], peers: [] };
  expect(() => listRows(db, { reader, filter: endless, now, first: 1 })).toThrow(
    expect.objectContaining({ code: 'INVALID_INPUT', details: { field: 'filter', limit: 16 } }),
  );
  db.close();
});
