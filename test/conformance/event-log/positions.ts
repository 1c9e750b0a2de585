import { describe, expect, test } from 'vitest';
import { appended, freshLog, type LogFactory, readAll, stream, write } from './fixture.ts';

export function positions(factory: LogFactory): void {
  describe('positions that come from outside', () => {
    const fixture = freshLog(factory);
    const other = freshLog(factory);

    test('are taken when this log gave them, deleted events and its start included', async () => {
      const { log } = fixture;
      await appended(log, write(stream('a'), 'none'), write(stream('b'), 'none'));
      const given = [log.start, await log.head(), ...(await readAll(log)).map(({ position }) => position)];
      await log.deleteStream(stream('b'));
      for (const position of given) expect(await log.parsePosition(position, 'after')).toBe(position);
    });

    test('are refused when they are malformed, with the name of the field', async () => {
      await appended(fixture.log, write(stream('a'), 'none'));
      const head = await fixture.log.head();
      const malformed = [
        '',
        '0',
        'x',
        `${head} `,
        ` ${head}`,
        `${head}\n`,
        head.toUpperCase().replace('.', '-'),
        '9'.repeat(99),
      ];
      for (const text of malformed)
        await expect(fixture.log.parsePosition(text, 'minPosition')).rejects.toMatchObject({
          code: 'INVALID_INPUT',
          message: expect.stringContaining('minPosition'),
          details: { field: 'minPosition' },
        });
    });

    test("are refused when they are another log's", async () => {
      for (const { log } of [fixture, other]) await appended(log, write(stream('a'), 'none'));
      for (const position of [other.log.start, await other.log.head()]) {
        await expect(fixture.log.parsePosition(position, 'after')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
        await expect(fixture.log.read({ after: position, limit: 1 })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      }
    });

    test('are refused when the log has not reached them', async () => {
      const { log } = fixture;
      await appended(log, write(stream('a'), 'none'));
      const head = await log.head();
      const future = head.replace(/[0-8](?=9*(\D|$))/, (digit) => String(Number(digit) + 1));
      expect(future > head).toBe(true);
      await expect(log.parsePosition(future, 'asOf')).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        details: { field: 'asOf' },
      });
    });
  });
}
