// The specification of the builds' port, to be run on every adapter:
//   viewBuildsConformance('embedded', async () => ({ open, cleanup }))
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BuildViews, ViewBuilds } from '../../src/views/view-builds.ts';
import type { ViewSignature, ViewStore } from '../../src/views/view-store.ts';
import { aMemory, at, NOW, operator, putMemory } from '../support/fixtures.ts';
import { hashVector } from '../support/hash-embedder.ts';
import { SIGNATURE } from './view-store/harness.ts';

export type OpenBuilds = { views: ViewStore; builds: ViewBuilds };
export type BuildsUnderTest = {
  /** Opens what is there, as a process with this signature would that can carry on with views of any other. */
  open(signature: ViewSignature): Promise<OpenBuilds>;
  cleanup(): Promise<void>;
};

const OTHER: ViewSignature = { ...SIGNATURE, model: 'other-words', dimensions: 32 };

export function viewBuildsConformance(name: string, make: () => Promise<BuildsUnderTest>): void {
  describe(`builds of views: ${name}`, () => {
    let storage: BuildsUnderTest;
    let opened: OpenBuilds;

    beforeEach(async () => {
      storage = await make();
      opened = await storage.open(SIGNATURE);
    });
    afterEach(async () => {
      await opened.views.close();
      await storage.cleanup();
    });

    async function reopen(signature = SIGNATURE): Promise<void> {
      await opened.views.close();
      opened = await storage.open(signature);
    }

    const put = (views: ViewStore, n: number) =>
      views.apply([putMemory(at(n), aMemory(`m${n}`, { content: `note ${n}` }))], at(n));

    async function idsOf(views: ViewStore): Promise<string[]> {
      await views.refresh();
      const { rows } = await views.list({ reader: operator, now: NOW, first: 100 });
      return rows.map(({ memory }) => memory.id).sort();
    }

    const answers = () => idsOf(opened.views);
    const roles = async () => {
      const { serving, next, previous } = await opened.builds.list();
      return { serving: serving.id, next: next?.id ?? null, previous: previous?.id ?? null };
    };

    async function fillNext(...numbers: number[]): Promise<BuildViews> {
      const next = await opened.builds.open('next');
      for (const n of numbers) await put(next, n);
      return next;
    }

    test('there is one, with the signature that it was opened with', async () => {
      expect(await opened.builds.list()).toMatchObject({
        serving: { signature: SIGNATURE },
        next: null,
        previous: null,
      });
      expect(opened.builds.signature()).toEqual(SIGNATURE);
    });

    test('one that is filled beside is not seen, until it is served: then at once, checkpoint and all', async () => {
      await put(opened.views, 1);
      const next = await fillNext(1, 2);
      expect(await idsOf(next)).toEqual(['m1', 'm2']);
      expect(await answers()).toEqual(['m1']);
      expect(await opened.views.checkpoint()).toBe(at(1));
      await opened.builds.serve('next');
      expect(await opened.views.checkpoint()).toBe(at(2));
      expect(await answers()).toEqual(['m1', 'm2']);
      await put(opened.views, 3);
      expect(await answers()).toEqual(['m1', 'm2', 'm3']);
    });

    test('what answered before can answer again, and is as it was left', async () => {
      await put(opened.views, 1);
      await fillNext(1, 2);
      const before = await roles();
      await opened.builds.serve('next');
      expect(await roles()).toEqual({ serving: before.next, next: null, previous: before.serving });
      const previous = await opened.builds.open('previous');
      expect(await previous.checkpoint()).toBe(at(1));
      await put(previous, 2);
      await put(previous, 3);
      await opened.builds.serve('previous');
      expect(await answers()).toEqual(['m1', 'm2', 'm3']);
      expect(await roles()).toEqual({ serving: before.serving, next: null, previous: before.next });
    });

    test('which answers, and what was filled so far, outlives the process', async () => {
      await put(opened.views, 1);
      await fillNext(1);
      await reopen();
      expect(await answers()).toEqual(['m1']);
      const next = await opened.builds.open('next');
      expect(await next.checkpoint()).toBe(at(1));
      await put(next, 2);
      await opened.builds.serve('next');
      const before = await roles();
      await reopen();
      expect(await roles()).toEqual(before);
      expect(await answers()).toEqual(['m1', 'm2']);
    });

    test('one that is closed is there to be gone on with, one that is dropped is begun empty', async () => {
      await (await fillNext(1)).close();
      const again = await opened.builds.open('next');
      expect(await again.checkpoint()).toBe(at(1));
      await again.close();
      await opened.builds.drop('next');
      expect((await opened.builds.list()).next).toBeNull();
      const anew = await opened.builds.open('next');
      expect(await anew.checkpoint()).toBeNull();
      expect(await idsOf(anew)).toEqual([]);
    });

    test('a next one of another signature is begun empty', async () => {
      await put(opened.views, 1);
      await fillNext(1);
      await reopen(OTHER);
      const next = await opened.builds.open('next');
      expect(await next.checkpoint()).toBeNull();
      expect((await opened.builds.list()).next?.signature).toEqual(OTHER);
    });

    test('views of another embedder answer by words, until those of this one take over with its vectors', async () => {
      await put(opened.views, 1);
      await reopen(OTHER);
      expect(opened.builds.signature()).toEqual(SIGNATURE);
      expect(await answers()).toEqual(['m1']);
      const next = await fillNext(1);
      const wanted = await next.wantedVectors(10);
      await next.putVectors(wanted.map(({ hash, text }) => ({ hash, vector: hashVector(text, OTHER.dimensions) })));
      await opened.builds.serve('next');
      expect(opened.builds.signature()).toEqual(OTHER);
      await opened.views.refresh();
      const vector = hashVector('note 1', OTHER.dimensions);
      const question = { reader: operator, now: NOW, mode: 'SEMANTIC', text: 'note 1', vector, limit: 10 } as const;
      const { candidates } = await opened.views.search(question);
      expect(candidates.map(({ memory }) => memory.id)).toEqual(['m1']);
    });

    test('only one previous one is kept', async () => {
      const first = (await roles()).serving;
      await fillNext(1);
      await opened.builds.serve('next');
      const second = (await roles()).serving;
      await fillNext(1);
      await opened.builds.serve('next');
      expect((await roles()).previous).toBe(second);
      await opened.builds.drop('previous');
      expect((await roles()).previous).toBeNull();
      await expect(opened.builds.open('previous')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(first).not.toBe(second);
    });

    test('one that is not open cannot be served, and one that is open not be dropped', async () => {
      await expect(opened.builds.serve('next')).rejects.toMatchObject({ code: 'CONFLICT' });
      const next = await fillNext(1);
      await expect(opened.builds.drop('next')).rejects.toMatchObject({ code: 'CONFLICT' });
      await next.reset();
      expect(await next.checkpoint()).toBeNull();
    });

    test('readers in a loop meet no failure while builds take over from each other', async () => {
      await put(opened.views, 1);
      let over = false;
      const seen = new Set<string>();
      async function readOn(): Promise<void> {
        while (!over) {
          const [got] = await opened.views.get(operator, ['m1'], NOW);
          const { candidates } = await opened.views.search({
            reader: operator,
            now: NOW,
            mode: 'KEYWORD',
            text: 'note',
            vector: null,
            limit: 10,
          });
          seen.add(`${got?.memory.id} ${candidates.length}`);
        }
      }
      await opened.views.refresh();
      const readers = Promise.all(Array.from({ length: 8 }, readOn));
      for (let round = 0; round < 3; round++) {
        const next = await fillNext(1, 2);
        await next.refresh();
        await opened.builds.serve('next');
        const previous = await opened.builds.open('previous');
        await put(previous, 1);
        await previous.refresh();
        await opened.builds.serve('previous');
      }
      over = true;
      await readers;
      expect(['m1 1', 'm1 2']).toEqual(expect.arrayContaining([...seen]));
    });
  });
}
