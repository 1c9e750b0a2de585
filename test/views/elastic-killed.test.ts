// The server itself is killed while documents are written: what was acknowledged is there when it comes back.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask } from '../support/elasticsearch/ask.ts';
import { elasticsearchUrl, randomPrefix, startOwnNode } from '../support/elasticsearch/elasticsearch.ts';
import { aMemory, at, NOW, operator, putMemory } from '../support/fixtures.ts';
import { openElastic } from './elastic-open.ts';

const PORT = 9215;
const KILLS = 3;
const BATCH = 50;
/** A node needs so long to start on a small machine that has other things to do. */
const TIMEOUT = 600_000;

describe.skipIf(!elasticsearchUrl)('Elasticsearch that is killed', () => {
  let node: Awaited<ReturnType<typeof startOwnNode>>;
  beforeAll(async () => {
    node = await startOwnNode(PORT);
  }, TIMEOUT);
  afterAll(() => node?.stop(), TIMEOUT);

  test('during projection has all that it acknowledged when it is back, and projection goes on', {
    timeout: TIMEOUT,
  }, async () => {
    const prefix = randomPrefix();
    const { views } = await openElastic(prefix, { url: node.url, lease: { ttl: 2_000, renewEvery: 200 } });
    let acknowledged = 0;
    let batches = 0;
    let running = true;

    /** As projections do it: after a failure, from where the views say they are. */
    async function project(): Promise<void> {
      while (running) {
        try {
          const checkpoint = await views.checkpoint();
          let next = checkpoint === null ? 0 : Number.parseInt(checkpoint, 10);
          expect(next).toBeGreaterThanOrEqual(acknowledged);
          while (running) {
            const changes = Array.from({ length: BATCH }, (_, i) => {
              const n = next + i + 1;
              return putMemory(at(n), aMemory(`m${n}`, { content: `note ${randomUUID()}`, session: `s${n % 7}` }));
            });
            await views.apply(changes, at(next + BATCH));
            next += BATCH;
            acknowledged = next;
            batches++;
          }
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'UNAVAILABLE')) throw error;
        }
      }
    }

    const projecting = project();
    for (let kill = 0; kill < KILLS; kill++) {
      const before = batches;
      await expect.poll(() => batches, { timeout: TIMEOUT }).toBeGreaterThan(before + 3);
      await node.kill();
      await node.start();
    }
    const before = batches;
    await expect.poll(() => batches, { timeout: TIMEOUT }).toBeGreaterThan(before);
    running = false;
    await projecting;

    await views.refresh();
    const { total } = await views.list({ reader: operator, now: NOW, first: 1 });
    expect(total).toBe(acknowledged);
    expect(await ask('GET', `/${prefix}-passages/_count`, undefined, node.url)).toMatchObject({ count: acknowledged });
    await views.close();
  });
});
