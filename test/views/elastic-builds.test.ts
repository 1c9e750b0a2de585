// Builds of the views on Elasticsearch: the port's specification, and what several processes add to it.
import { describe, expect, test } from 'vitest';
import type { ViewBuilds } from '../../src/views/view-builds.ts';
import type { ViewSignature, ViewStore } from '../../src/views/view-store.ts';
import { viewBuildsConformance } from '../conformance/view-builds.ts';
import { elasticsearchUrl, randomPrefix, removeIndices } from '../support/elasticsearch/elasticsearch.ts';
import { aMemory, at, NOW, operator, putMemory } from '../support/fixtures.ts';
import { openElastic, upToDate } from './elastic-open.ts';

describe.skipIf(elasticsearchUrl === undefined)('elasticsearch', () => {
  viewBuildsConformance('elasticsearch', async () => {
    const prefix = randomPrefix();
    return {
      async open(signature: ViewSignature): Promise<{ views: ViewStore; builds: ViewBuilds }> {
        const builds = await openElastic(prefix, { signature, canCarryOn: () => true });
        return { views: upToDate(builds.views), builds };
      },
      cleanup: () => removeIndices(prefix),
    };
  });

  test('a process that did not switch is refused what it still writes, and goes on from where the other build is', async () => {
    const prefix = randomPrefix();
    const [one, two] = [await openElastic(prefix), await openElastic(prefix)];
    try {
      expect(await one.views.lease.hold()).toBe(true);
      await one.views.apply([putMemory(at(1), aMemory('m1'))], at(1));
      const next = await two.open('next');
      expect(await next.lease?.hold()).toBe(true);
      await next.apply([putMemory(at(1), aMemory('m1')), putMemory(at(2), aMemory('m2'))], at(2));
      await two.serve('next');
      await expect(one.views.apply([putMemory(at(3), aMemory('m3'))], at(3))).rejects.toMatchObject({
        code: 'UNAVAILABLE',
      });
      expect(await one.views.checkpoint()).toBe(at(2));
      expect(await one.views.get(operator, ['m2'], NOW)).toMatchObject([{ memory: { id: 'm2' } }]);
      expect((await one.list()).serving.id).toBe((await two.list()).serving.id);
      expect(await two.views.lease.hold()).toBe(true);
      await two.views.apply([putMemory(at(3), aMemory('m3'))], at(3));
      await one.views.refresh();
      expect(await one.views.get(operator, ['m3'], NOW)).toMatchObject([{ memory: { id: 'm3' } }]);
    } finally {
      await Promise.all([one.views.close(), two.views.close()]);
      await removeIndices(prefix);
    }
  });
});
