import { hash } from 'node:crypto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { failure } from '../../src/domain/failure.ts';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { createPump, type Pump, type PumpOptions } from '../../src/embedding/pump.ts';
import { createHashEmbedder, hashVector } from '../support/hash-embedder.ts';

const LONG = 30_000;

/** The part of the views that the pump sees, in memory. */
function createWanting() {
  const wanted = new Map<string, string>();
  const vectors = new Map<string, Float32Array>();
  return {
    vectors,
    want(...texts: string[]) {
      for (const text of texts) wanted.set(hash('sha256', text), text);
    },
    async wantedVectors(limit: number) {
      return [...wanted].slice(0, limit).map(([hash, text]) => ({ hash, text }));
    },
    async putVectors(made: readonly { hash: string; vector: Float32Array }[]) {
      for (const { hash, vector } of made) {
        const text = wanted.get(hash);
        if (text !== undefined) vectors.set(text, vector);
        wanted.delete(hash);
      }
    },
  };
}

const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `text ${i}`);

describe('the pump', () => {
  let pump: Pump | undefined;
  afterEach(() => pump?.stop());

  function started(
    views: ReturnType<typeof createWanting>,
    embedder: Pick<Embedder, 'embed' | 'batch'>,
    options?: PumpOptions,
  ) {
    pump = createPump(views, embedder, { firstDelay: 5, longestDelay: 10, ...options });
    pump.start();
    return pump;
  }

  test('gives every wanted text its vector, each embedded once', async () => {
    const views = createWanting();
    views.want(...texts(1000));
    const embedder = createHashEmbedder({ dimensions: 8 });
    const { idle, counts } = started(views, embedder);
    expect(await idle(LONG)).toBe(true);
    expect(views.vectors.get('text 7')).toEqual(hashVector('text 7', 8));
    expect(views.vectors.size).toBe(1000);
    expect(embedder.texts().length).toBe(1000);
    expect(counts()).toEqual({ made: 1000, waiting: 0, failures: 0 });
  });

  test('where another process makes them it makes none, and sees when they are there', async () => {
    const views = createWanting();
    views.want(...texts(3));
    const embedder = createHashEmbedder({ dimensions: 8 });
    let isOn = false;
    const { idle, nudge, counts } = started(views, embedder, { isOn: () => isOn });
    expect(await idle(1)).toBe(false);
    const waiting = idle(LONG);
    await views.putVectors((await views.wantedVectors(3)).map(({ hash }) => ({ hash, vector: hashVector(hash, 8) })));
    expect(await waiting).toBe(true);
    expect(counts().made).toBe(0);

    views.want('for this one');
    isOn = true;
    nudge();
    expect(await idle(LONG)).toBe(true);
    expect(counts().made).toBe(1);
    expect(embedder.texts()).toEqual(['for this one']);
  });

  test('wakes up when it is told that there may be more', async () => {
    const views = createWanting();
    const { idle, nudge } = started(views, createHashEmbedder());
    expect(await idle(LONG)).toBe(true);
    views.want('late');
    nudge();
    await vi.waitFor(() => expect(views.vectors.has('late')).toBe(true));
  });

  test('is not idle before the vectors of what was wanted when it was asked are put', async () => {
    const views = createWanting();
    const { idle } = started(views, createHashEmbedder());
    for (let round = 0; round < 50; round++) {
      views.want(`text of round ${round}`);
      expect(await idle(LONG)).toBe(true);
      expect(views.vectors.size).toBe(round + 1);
    }
  });

  test('keeps several batches under way, and no more', async () => {
    const views = createWanting();
    views.want(...texts(100));
    const embedder = createHashEmbedder({ batch: 10 });
    const release = embedder.stall();
    const { idle, counts } = started(views, embedder, { batches: 3 });
    expect(await idle(20)).toBe(false);
    expect(embedder.calls()).toBe(3);
    expect(counts().waiting).toBe(30);
    release();
    expect(await idle(LONG)).toBe(true);
  });

  test('says at once that it is not idle while the embedder is down, and goes on by itself when it is back', async () => {
    const views = createWanting();
    views.want(...texts(40));
    const embedder = createHashEmbedder({ batch: 10 });
    embedder.failWith(failure('UNAVAILABLE', 'away'));
    const { idle, counts } = started(views, embedder);
    expect(await idle(LONG)).toBe(false);
    await vi.waitFor(() => expect(counts().failures).toBeGreaterThan(6));
    expect(views.vectors.size).toBe(0);
    embedder.failWith(null);
    await vi.waitFor(() => expect(views.vectors.size).toBe(40));
  });

  test('asks with one batch at a time while the embedder is down', async () => {
    const views = createWanting();
    views.want(...texts(40));
    const embedder = createHashEmbedder({ batch: 10 });
    embedder.failWith(failure('UNAVAILABLE', 'away'));
    started(views, embedder);
    await vi.waitFor(() => expect(embedder.calls()).toBeGreaterThan(4));
    const before = embedder.calls();
    const release = embedder.stall();
    await vi.waitFor(() => expect(embedder.calls()).toBe(before + 1));
    release();
  });

  test('does not let refused texts hold up the others, and tries them again later', async () => {
    const views = createWanting();
    views.want(...texts(30), 'bad one', ...texts(60), 'bad two');
    const embedder = createHashEmbedder({ batch: 16 });
    let picky = true;
    const embed: Embedder['embed'] = async (given, purpose) => {
      if (picky && given.some((text) => text.startsWith('bad'))) throw failure('INVALID_INPUT', 'refused');
      return embedder.embed(given, purpose);
    };
    const { idle, counts } = started(views, { batch: 16, embed }, { retryRefusedAfter: 50 });
    expect(await idle(LONG)).toBe(true);
    expect(views.vectors.size).toBe(60);
    expect(counts()).toMatchObject({ made: 60, waiting: 2 });
    picky = false;
    await vi.waitFor(() => expect(views.vectors.size).toBe(62));
    expect(counts().waiting).toBe(0);
  });

  test('remembers only so many refused texts: when everything is refused it slows down', async () => {
    const views = createWanting();
    views.want(...texts(1000));
    const embed: Embedder['embed'] = async () => {
      throw failure('INVALID_INPUT', 'refused');
    };
    const { idle, counts } = started(views, { batch: 50, embed }, { firstDelay: LONG, longestDelay: LONG });
    expect(await idle(LONG)).toBe(false);
    expect(counts().waiting).toBeLessThanOrEqual(256 + 4 * 50);
  });

  test('survives views that fail', async () => {
    const views = createWanting();
    views.want('text');
    const put = vi.spyOn(views, 'putVectors').mockRejectedValueOnce(new Error('disk full'));
    started(views, createHashEmbedder());
    await vi.waitFor(() => expect(views.vectors.size).toBe(1));
    expect(put).toHaveBeenCalledTimes(2);
  });

  test('puts nothing after it has stopped', async () => {
    const views = createWanting();
    views.want('text');
    const embedder = createHashEmbedder();
    const release = embedder.stall();
    const { stop, idle } = started(views, embedder);
    await vi.waitFor(() => expect(embedder.calls()).toBe(1));
    const waiting = idle(LONG);
    await stop();
    expect(await waiting).toBe(false);
    release();
    await embedder.embed(['something else'], 'passage');
    expect(views.vectors.size).toBe(0);
  });
});
