import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createPool, type Pool, type PoolOptions } from '../../src/embedding/minilm/pool.ts';

/** Answers each text with its length, but 'exit' and 'throw' end it, and 'hang' is never answered. */
const obedient = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (text) => {
    if (text === 'exit') process.exit(3);
    if (text === 'throw') throw new Error('out of order');
    if (text !== 'hang') parentPort.postMessage(Float32Array.of(text.length));
  });
  parentPort.postMessage('ready');
`;
const stillborn = `throw new Error('no such file')`;

describe('the pool of embedding workers', () => {
  let pool: Pool | undefined;
  afterEach(() => pool?.close());

  function open(options: Partial<PoolOptions> = {}): Pool {
    const start = () => new Worker(obedient, { eval: true, stderr: true });
    pool = createPool({ workers: 1, start, maximum: 10, onCrash: () => {}, ...options });
    return pool;
  }

  test.each(['exit', 'throw'])(
    'fails the text during which a worker dies (%s), and replaces the worker',
    async (end) => {
      const onCrash = vi.fn();
      const { ready, run } = open({ onCrash });
      await ready;
      const [failed, next] = [run(end, 'passage'), run('four', 'passage')];
      await expect(failed).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      expect(await next).toEqual(Float32Array.of(4));
      expect(onCrash).toHaveBeenCalledOnce();
    },
  );

  test('gives a replacement the slot of the worker it replaces', async () => {
    const slots: number[] = [];
    const start = (slot: number) => {
      slots.push(slot);
      return new Worker(obedient, { eval: true });
    };
    const { ready, run } = open({ workers: 3, start });
    await ready;
    run('hang', 'passage').catch(() => {});
    await expect(run('exit', 'passage')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await vi.waitFor(() => expect(slots).toEqual([0, 1, 2, 1]));
  });

  test('takes questions before passages, each in the order they came', async () => {
    const { ready, run } = open();
    await ready;
    const order: string[] = [];
    const note = (text: string, purpose: 'query' | 'passage') => run(text, purpose).then(() => order.push(text));
    await Promise.all([
      ...['p1', 'p2', 'p3'].map((text) => note(text, 'passage')),
      ...['q1', 'q2'].map((text) => note(text, 'query')),
    ]);
    expect(order).toEqual(['p1', 'q1', 'q2', 'p2', 'p3']);
  });

  test('refuses passages when too many wait, and still takes questions', async () => {
    const { ready, run, waiting } = open({ maximum: 2 });
    await ready;
    const held = [run('hang', 'passage'), run('a', 'passage'), run('b', 'passage')].map((work) => work.catch(() => {}));
    await expect(run('c', 'passage')).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { limit: 2 } });
    const question = run('q', 'query').catch(() => {});
    expect(waiting()).toBe(3);
    await pool?.close();
    await Promise.all([...held, question]);
  });

  test('does not open when a worker cannot start', async () => {
    await expect(open({ start: () => new Worker(stillborn, { eval: true }) }).ready).rejects.toThrow('no such file');
  });

  test('is unavailable while no worker can start, and recovers when one can', async () => {
    let code = obedient;
    const { ready, run } = open({ start: () => new Worker(code, { eval: true }) });
    await ready;
    code = stillborn;
    await expect(run('exit', 'passage')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(run('waits', 'query')).rejects.toMatchObject({ message: 'the embedding workers do not start' });
    await expect(run('next', 'query')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    code = obedient;
    await vi.waitFor(async () => expect(await run('four', 'query')).toEqual(Float32Array.of(4)), 10_000);
  });

  test('rejects what is in work and what waits when it is closed', async () => {
    const { ready, run, close } = open();
    await ready;
    const work = [run('hang', 'passage'), run('waits', 'passage'), run('waits', 'query')];
    const settled = Promise.allSettled(work);
    await close();
    for (const result of await settled)
      expect(result).toMatchObject({
        status: 'rejected',
        reason: { code: 'UNAVAILABLE', message: 'the embedder is closed' },
      });
    await expect(run('late', 'query')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
