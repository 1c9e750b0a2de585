// The filters and the rights as Elasticsearch is asked them, against plain functions over the same documents.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MemoryView } from '../../src/domain/memory-view.ts';
import { connect, type Elastic } from '../../src/views/elasticsearch/client.ts';
import { documentId, memoryDocument, votesDocument } from '../../src/views/elasticsearch/documents.ts';
import { mappingOf } from '../../src/views/elasticsearch/mappings.ts';
import type { IndexKind } from '../../src/views/elasticsearch/names.ts';
import type { ReaderContext } from '../../src/views/elasticsearch/reader-context.ts';
import { list } from '../../src/views/elasticsearch/reading/list.ts';
import type { MemoryFilter, MetadataOperator, Selection } from '../../src/views/view-store.ts';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../support/elasticsearch/elasticsearch.ts';
import { aMemory, at, NOW, operator } from '../support/fixtures.ts';
import { filters, now, readers, selectedOf, views } from './arbitraries.ts';

const RUNS = 30;

describe.skipIf(elasticsearchUrl === undefined)('filters on Elasticsearch', () => {
  const prefix = randomPrefix();
  const alias = (kind: IndexKind) => `${prefix}-${kind}`;
  let elastic: Elastic;
  let context: ReaderContext;

  beforeAll(async () => {
    elastic = connect(elasticsearchUrl ?? '');
    context = {
      elastic,
      names: { alias, every: alias },
      position: () => null,
      version: () => null,
      refreshed: async () => null,
      settle: async () => {},
    };
    for (const kind of ['memories', 'votes'] as const)
      await elastic.send('the index cannot be made', (client, options) =>
        client.indices.create({ index: alias(kind), mappings: mappingOf(kind, 8) }, options),
      );
  });
  afterAll(async () => {
    await elastic.close();
    await removeIndices(prefix);
  });

  async function put(rows: readonly MemoryView[]): Promise<void> {
    const place = { recorded: at(1), hashes: [] };
    const operations = rows.flatMap(({ memory, votes }) => {
      const _id = documentId(memory.tenant, memory.id);
      return [
        { index: { _index: alias('memories'), _id } },
        memoryDocument(memory, at(1), place),
        ...(votes.votes.length === 0
          ? []
          : [{ index: { _index: alias('votes'), _id } }, votesDocument(memory.tenant, memory.id, votes, at(1))]),
      ];
    });
    if (operations.length === 0) return;
    const { errors } = await elastic.send('cannot be written', (client, options) =>
      client.bulk({ operations, refresh: true }, options),
    );
    expect(errors).toBe(false);
  }

  const listed = async (selection: Selection) => {
    const page = await list(context, { ...selection, first: 100 });
    expect(page.total).toBe(page.rows.length);
    return page.rows.map(({ memory }) => memory.id).sort();
  };

  test('a filter finds what the plain function finds, under the same rights', { timeout: 120_000 }, async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        views,
        fc.array(fc.tuple(readers, filters, fc.boolean()), { minLength: 5, maxLength: 10 }),
        async (given, asked) => {
          // Tenants of their own, as an index for each run would take long.
          const tenantOf = (tenant: string) => `${tenant}${run}`;
          run += 1;
          const rows = given.map(({ memory, votes }) => ({
            memory: { ...memory, tenant: tenantOf(memory.tenant) },
            votes,
          }));
          await put(rows);
          const check = async ([anyone, filter, includeDeprecated]: (typeof asked)[number]) => {
            const reader = { ...anyone, tenant: tenantOf(anyone.tenant) };
            const selection = { reader, filter, includeDeprecated, now };
            expect(await listed(selection), JSON.stringify(filter)).toEqual(selectedOf(rows, selection));
          };
          await Promise.all(asked.map(check));
        },
      ),
      { numRuns: RUNS },
    );
  });

  describe('of one memory', () => {
    const memory = aMemory('m', {
      tenant: 'alone',
      metadata: {
        half: 'a\ud83d',
        long: 'abcdefghij'.repeat(1_000),
        special: 'a*b?c\\d',
        list: ['x'.repeat(300), '\udc00'],
        deep: { er: { '': 1 } },
      },
    });
    beforeAll(() => put([{ memory, votes: { revision: -1, votes: [] } }]));

    const holds = async (filter: MemoryFilter) =>
      (await listed({ reader: { ...operator, tenant: 'alone' }, filter, now: NOW })).length === 1;
    const cases: [string, string, MetadataOperator, boolean][] = [
      ['half a surrogate pair', 'half', { contains: '\ud83d' }, true],
      ['the other half', 'half', { contains: '\ude00' }, false],
      ['what patterns take for any', 'special', { contains: '*b?c\\' }, true],
      ['one character in place of a star', 'special', { contains: 'a*c' }, false],
      ['a long part', 'long', { contains: 'cdefghijab'.repeat(500) }, true],
      ['a long part that is in it with another middle', 'long', { contains: `${'a'.repeat(200)}` }, false],
      [
        'a long part of which both ends are in it',
        'long',
        { contains: `${'abcdefghij'.repeat(10)}-${'abcdefghij'.repeat(10)}` },
        false,
      ],
      ['a long member', 'list', { contains: 'x'.repeat(300) }, true],
      ['a part of a long member', 'list', { contains: 'x'.repeat(299) }, false],
      ['a member that is half a pair', 'list', { contains: '\udc00' }, true],
      ['a path that ends in an empty key', 'deep.er.', { eq: 1 }, true],
    ];
    test.each(cases)('%s', async (_, key, test, expected) => {
      const filter = { metadata: [{ key, test }] };
      expect(await holds(filter)).toBe(expected);
      expect(await holds({ not: filter })).toBe(!expected);
    });

    test('a filter as deep and as large as it may be is answered', async () => {
      const test = { key: 'deep.er', test: { exists: true } };
      let filter: MemoryFilter = { metadata: Array.from({ length: 256 }, () => test), applicableContexts: ['csv'] };
      for (let levels = 0; levels < 16; levels += 4)
        filter = { not: { not: { or: [{ users: ['nobody'] }, { and: [filter] }] } } };
      expect(await holds(filter)).toBe(true);
      expect(await holds({ or: Array.from({ length: 127 }, (_, n) => ({ not: { sessions: [`s${n}`] } })) })).toBe(true);
    });
  });
});
