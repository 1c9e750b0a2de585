import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { NewEvent } from '../../../src/domain/event.ts';
import { categories } from '../../../src/domain/streams.ts';
import type { AppendResult, Expected, StreamWrite } from '../../../src/log/event-log.ts';
import { event, type LogFactory, readAll, stream } from './fixture.ts';

type Kept = { id: string; stream: string; revision: number };
type Outcome = AppendResult['ok'] | 'reused';

/** The port's rules over an array, as short as they can be said. */
function naiveLog() {
  let kept: Kept[] = [];
  const revisionOf = (name: string) => kept.filter((each) => each.stream === name).length - 1;
  return {
    kept: () => kept,
    delete(name: string) {
      kept = kept.filter((each) => each.stream !== name);
    },
    append(writes: readonly StreamWrite[]): { outcome: Outcome; duplicate: boolean } {
      const ids = writes.flatMap((write) => write.events.map(({ id }) => ({ id, stream: write.stream })));
      const there = ids.filter(({ id }) => kept.some((each) => each.id === id));
      if (there.length > 0) {
        const all = ids.every(({ id, stream: name }) => kept.some((each) => each.id === id && each.stream === name));
        return { outcome: all ? true : 'reused', duplicate: all };
      }
      const fits = writes.every(
        ({ stream: name, expected }) =>
          expected === 'any' || revisionOf(name) === (expected === 'none' ? -1 : expected),
      );
      if (!fits) return { outcome: false, duplicate: false };
      for (const write of writes)
        for (const { id } of write.events)
          kept.push({ id, stream: write.stream, revision: revisionOf(write.stream) + 1 });
      return { outcome: true, duplicate: false };
    },
  };
}

const names = ['a', 'b', 'c'].flatMap((id) => [stream(id), stream(id, 'globex', 'text')]);
const expected: fc.Arbitrary<Expected> = fc.oneof(fc.constantFrom('any' as const, 'none' as const), fc.nat({ max: 4 }));
// Few ids, so that whole and partial retries happen.
const events: fc.Arbitrary<NewEvent[]> = fc
  .uniqueArray(fc.nat({ max: 60 }), { minLength: 1, maxLength: 3 })
  .map((ids) => ids.map((id) => event({ id }, `event-${id}`)));
const append = fc
  .uniqueArray(fc.record({ stream: fc.constantFrom(...names), expected, events }), {
    minLength: 1,
    maxLength: 3,
    selector: (write) => write.stream,
  })
  .filter((writes) => {
    const ids = writes.flatMap((write) => write.events.map(({ id }) => id));
    return new Set(ids).size === ids.length;
  });
const step = fc.oneof(
  { weight: 9, arbitrary: fc.array(append, { minLength: 1, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.constantFrom(...names) },
);

const together = <T, R>(items: readonly T[], work: (item: T) => Promise<R>) => Promise.allSettled(items.map(work));

async function oneByOne<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  for (const item of items) results.push(...(await together([item], work)));
  return results;
}

export function model(factory: LogFactory): void {
  describe('against a naive log', () => {
    test('random appends, together and one after another, give the same results and the same order', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
          const storage = await factory();
          const log = await storage.open();
          try {
            const naive = naiveLog();
            for (const next of steps) {
              if (typeof next === 'string') {
                naive.delete(next);
                await log.deleteStream(next);
                continue;
              }
              const results = await (storage.inOrder ? together : oneByOne)(next, (writes) => log.append(writes));
              const outcomes = results.map((result) =>
                result.status === 'rejected'
                  ? { outcome: 'reused', duplicate: false }
                  : { outcome: result.value.ok, duplicate: result.value.ok && result.value.duplicate },
              );
              expect(outcomes).toEqual(next.map((writes) => naive.append(writes)));
            }
            const keep = (each: Kept) => ({ id: each.id, stream: each.stream, revision: each.revision });
            expect((await readAll(log, { limit: 3 })).map(keep)).toEqual(naive.kept());
            for (const category of categories)
              expect((await readAll(log, { categories: [category], limit: 2 })).map(keep)).toEqual(
                naive.kept().filter((each) => each.stream.startsWith(`${category}-`)),
              );
          } finally {
            await log.close();
            await storage.dispose();
          }
        }),
        { numRuns: 60 },
      );
    });
  });
}
