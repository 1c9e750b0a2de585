// Whatever is poison, and wherever it is in a page: when it is healed, the views are as if it had never been.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Change, DocumentKey, ViewStore } from '../../src/views/view-store.ts';
import { aTenantsHistory, historyIds } from '../support/arbitrary-history.ts';
import { NOW, operator, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { rejecting } from './rejecting.ts';
import { askRetry, MINUTE, naive, projectors } from './stage.ts';

const projectorOf = projectors();

const word = fc.constantFrom('apple', 'pear', 'plum');
const pageSize = fc.integer({ min: 1, max: 30 });

async function stateOf(views: ViewStore) {
  const keys = historyIds.flatMap((id): DocumentKey[] => [
    { kind: 'memory', tenant: TENANT, id },
    { kind: 'votes', tenant: TENANT, id },
  ]);
  const selection = { reader: operator, now: NOW, includeDeprecated: true, first: 100 };
  return [await views.load(keys), (await views.list(selection)).rows];
}

test('what was parked, or waited for, is as it would have been', { timeout: 2 * MINUTE }, () =>
  fc.assert(
    fc.asyncProperty(aTenantsHistory, word, pageSize, async (history, poison, size) => {
      const log = openMemoryLog();
      const isPoison = (change: Change) => change.kind === 'memory' && change.document.content.includes(poison);
      const views = rejecting(naive(), isPoison);
      const projector = projectorOf(log, views, { pageSize: size });
      for (const { stream, event } of history) await log.append([{ stream, expected: 'any', events: [event] }]);
      const head = await log.head();
      await projector.start();
      // It gets to the end, or to an event about rights or erasure.
      await vi.waitFor(() => expect(projector.position() === head || projector.failure() !== null).toBe(true), {
        interval: 1,
        timeout: MINUTE,
      });
      if (projector.failure() !== null) expect(projector.failure()).toMatch(/^the projections halt at a memory/);
      views.heal();
      expect(await projector.waitFor(await askRetry(log), MINUTE)).toBe(true);
      expect(await views.parked()).toEqual([]);
      await projector.stop();

      const untroubled = naive();
      const other = projectorOf(log, untroubled);
      await other.start();
      expect(await other.waitFor(await log.head(), MINUTE)).toBe(true);
      await other.stop();
      expect(await stateOf(views)).toEqual(await stateOf(untroubled));
    }),
    { numRuns: 150 },
  ),
);
