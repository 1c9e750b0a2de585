// Lists: newest first, page after page.
import { expect, test } from 'vitest';
import { aMemory, aReader, aVote, minute, NOW, operator, shared, someVotes } from '../../support/fixtures.ts';
import type { Harness } from './harness.ts';

export function listTests({ views, put, vote, listed }: Harness): void {
  const page = (first: number, after?: string) =>
    views().list({ reader: operator, now: NOW, first, ...(after === undefined ? {} : { after }) });

  async function allPages(first: number): Promise<string[]> {
    const ids: string[] = [];
    let after: string | undefined;
    for (;;) {
      const { rows, hasNextPage } = await page(first, after);
      expect(rows.length).toBeLessThanOrEqual(first);
      ids.push(...rows.map(({ memory }) => memory.id));
      if (!hasNextPage) return ids;
      expect(rows).toHaveLength(first);
      after = rows.at(-1)?.cursor;
    }
  }

  test('the newest come first, and by id where the time is the same', async () => {
    await put(
      aMemory('b', { createdAt: minute(1) }),
      aMemory('a', { createdAt: minute(3) }),
      aMemory('c', { createdAt: minute(1) }),
      aMemory('B', { createdAt: minute(1) }),
      aMemory('d', { createdAt: minute(2) }),
    );
    expect(await listed(operator)).toEqual(['a', 'd', 'c', 'b', 'B']);
  });

  test.each([1, 2, 3, 7, 100])('pages of %i give every row once, ties and all', async (first) => {
    const memories = Array.from({ length: 23 }, (_, n) =>
      aMemory(`m${String(n).padStart(2, '0')}`, { createdAt: minute(Math.floor(n / 5)) }),
    );
    await put(...memories.toReversed());
    expect(await allPages(first)).toEqual(memories.map(({ id }) => id).reverse());
  });

  test('the last page has no next, also when it is full', async () => {
    await put(aMemory('a'), aMemory('b'));
    expect(await page(2)).toMatchObject({ hasNextPage: false });
    expect(await page(1)).toMatchObject({ hasNextPage: true });
    expect(await page(1, (await page(1)).rows[0]?.cursor)).toMatchObject({
      rows: [{ memory: { id: 'a' } }],
      hasNextPage: false,
    });
  });

  test('what is recorded or goes between two pages shifts none', async () => {
    await put(...[1, 2, 3, 4].map((n) => aMemory(`m${n}`, { createdAt: minute(n) })));
    const { rows } = await page(2);
    expect(rows.map(({ memory }) => memory.id)).toEqual(['m4', 'm3']);
    await put(aMemory('m9', { createdAt: minute(9) }), aMemory('m3', { createdAt: minute(3), forgotten: true }));
    await put(aMemory('m0', { createdAt: minute(0.5) }));
    const next = await page(10, rows[1]?.cursor);
    expect(next.rows.map(({ memory }) => memory.id)).toEqual(['m2', 'm1', 'm0']);
  });

  test('the total is of all pages, and of what the reader may read', async () => {
    await put(aMemory('a'), aMemory('b', { scope: 'AGENT_PRIVATE' }), aMemory('c', shared(['bob'])), aMemory('d'));
    expect((await page(1)).total).toBe(4);
    expect((await page(1, (await page(3)).rows[2]?.cursor)).total).toBe(4);
    const { total, rows } = await views().list({ reader: aReader('bob'), now: NOW, first: 1 });
    expect([total, rows.length]).toEqual([3, 1]);
    const filtered = await views().list({ reader: aReader('bob'), now: NOW, first: 1, filter: { scopes: ['GLOBAL'] } });
    expect(filtered.total).toBe(2);
  });

  test.each(['', 'x', 'not a cursor', '%00', 'eyJhIjoxfQ', 'W10', 'A'.repeat(10_000)])(
    'the cursor %j is refused',
    async (after) => {
      await put(aMemory('a'));
      await expect(page(1, after)).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: 'after' } });
    },
  );

  test('rows carry their votes', async () => {
    await put(aMemory('a'), aMemory('b'));
    await vote('a', someVotes(2, 1));
    const { rows } = await page(5);
    expect(rows.map(({ votes }) => votes)).toEqual([{ revision: -1, votes: [] }, someVotes(2, 1)]);
  });

  test("an owner's own votes do not count for minEffectiveness", async () => {
    await put(aMemory('a'), aMemory('b'));
    await vote('a', {
      revision: 1,
      votes: [aVote({ voter: 'ann', own: true }), aVote({ voter: 'ann', task: 't', own: true })],
    });
    await vote('b', { revision: 1, votes: [aVote()] });
    expect(await listed(operator, { filter: { minEffectiveness: 0.1 } })).toEqual(['b']);
  });

  test('a vote that changes or goes counts at once', async () => {
    const filter = { minEffectiveness: 0.5 };
    await put(aMemory('a'));
    await vote('a', someVotes(1));
    expect(await listed(operator, { filter })).toEqual(['a']);
    await vote('a', { revision: 3, votes: [aVote({ value: 'HARMFUL' })] });
    expect(await listed(operator, { filter })).toEqual([]);
    await vote('a', { revision: 4, votes: [] });
    expect(await listed(operator, { filter: { minEffectiveness: 0 } })).toEqual(['a']);
  });
}
