// A scan says what its rows are as of, also while they are being written: an audit takes it at its word.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type Elastic } from '../../src/views/elasticsearch/client.ts';
import { documentId, memoryDocument } from '../../src/views/elasticsearch/documents.ts';
import { mappingOf } from '../../src/views/elasticsearch/mappings.ts';
import { scan } from '../../src/views/elasticsearch/reading/scan.ts';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../support/elasticsearch/elasticsearch.ts';
import { aMemory, at, TENANT } from '../support/fixtures.ts';

describe.skipIf(elasticsearchUrl === undefined)('scans on Elasticsearch', () => {
  const prefix = randomPrefix();
  const index = `${prefix}-memories`;
  let elastic: Elastic;

  beforeAll(async () => {
    elastic = connect(elasticsearchUrl ?? '');
    await elastic.send('the index cannot be made', (client, options) =>
      client.indices.create({ index, mappings: mappingOf('memories', 8) }, options),
    );
  });
  afterAll(async () => {
    await elastic.close();
    await removeIndices(prefix);
  });

  const put = (id: string, n: number) =>
    elastic.send('cannot be written', (client, options) =>
      client.index(
        {
          index,
          id: documentId(TENANT, id),
          document: memoryDocument(aMemory(id), at(n), { recorded: at(1), hashes: [] }),
          refresh: true,
        },
        options,
      ),
    );

  /** `checkpoints`: as each refresh tells them, the last again and again. */
  function scanFrom(checkpoints: (string | null)[], onRefresh: (time: number) => Promise<unknown> = async () => {}) {
    let refreshes = 0;
    const context = {
      elastic,
      names: { alias: () => index, every: () => index },
      position: () => null,
      version: () => null,
      async refreshed() {
        const told = checkpoints[Math.min(refreshes, checkpoints.length - 1)] ?? null;
        refreshes += 1;
        await onRefresh(refreshes);
        return told;
      },
      settle: async () => {},
    };
    const page = scan(context, { kind: 'memory', tenant: TENANT, after: null, limit: 10 });
    return page.then(({ rows, position }) => ({ ids: rows.map(({ id }) => id), position, refreshes }));
  }

  test('what is newer than the checkpoint is waited for', async () => {
    await put('a', 2);
    await put('b', 4);
    expect(await scanFrom([null, at(2), at(3), at(4)])).toEqual({ ids: ['a', 'b'], position: at(4), refreshes: 4 });
  });

  test('what is written between the checkpoint and the search is not given as older than it is', async () => {
    const write = async (time: number) => (time === 1 ? put('a', 6) : undefined);
    expect(await scanFrom([at(5), at(6)], write)).toEqual({ ids: ['a', 'b'], position: at(6), refreshes: 2 });
  });

  test('views that never come to rest are not scanned', { timeout: 60_000 }, async () => {
    await put('a', 9);
    await expect(scanFrom([at(8)])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
