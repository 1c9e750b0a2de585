import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptable, batchesOf } from '../../src/embedding/openai/batches.ts';
import { createGate } from '../../src/embedding/openai/gate.ts';

describe('batches', () => {
  test('hold all texts in order, as endpoints take them, within the bounds of a request', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.nat(20_000).map((length) => 'x'.repeat(length)),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 200 }), (texts) => {
        const batches = batchesOf(texts);
        expect(batches.flat()).toEqual(texts.map(acceptable));
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(64);
          expect(batch.join('').length).toBeLessThanOrEqual(100_000);
        }
      }),
    );
  });

  test('hold no empty text, no long one and no half of a surrogate pair', () => {
    expect(acceptable('')).toBe(' ');
    expect(acceptable('x'.repeat(9000))).toHaveLength(8000);
    expect(acceptable(`${'x'.repeat(7999)}🦔`).isWellFormed()).toBe(true);
  });
});

describe('the gate', () => {
  test('lets so many in at once, the others in the order they came', async () => {
    const gate = createGate(2, 10);
    const doors = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const entered: number[] = [];
    const work = doors.map(({ promise }, i) =>
      gate(() => {
        entered.push(i);
        return promise;
      }),
    );
    expect(entered).toEqual([0, 1]);
    doors[1]?.resolve();
    await work[1];
    await expect.poll(() => entered).toEqual([0, 1, 2]);
    for (const door of doors) door.resolve();
    await Promise.all(work);
    expect(entered).toEqual([0, 1, 2, 3, 4]);
  });

  test('gives the place of work that failed to the next', async () => {
    const gate = createGate(1, 10);
    const failing = gate(async () => {
      throw new Error('no luck');
    });
    const next = gate(async () => 'luck');
    await expect(failing).rejects.toThrow('no luck');
    expect(await next).toBe('luck');
  });

  test('turns away who would have to wait behind too many', async () => {
    const gate = createGate(1, 1);
    const { promise, resolve } = Promise.withResolvers<void>();
    const work = [gate(() => promise), gate(() => promise)];
    await expect(gate(() => promise)).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { limit: 1 } });
    resolve();
    await Promise.all(work);
  });
});
