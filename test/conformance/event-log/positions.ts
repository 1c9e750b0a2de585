import { describe, expect, test } from 'vitest';
import { appended, event, freshLog, type LogFactory, readAll, stream, write } from './fixture.ts';

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
  describe('positions and times', () => {
    const fixture = freshLog(factory);
    const minute = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();

    /** One event a minute, from minute 1 on; gives back their positions. */
    async function everyMinute(count: number): Promise<string[]> {
      const given: string[] = [];
      for (let n = 1; n <= count; n++) {
        const recorded = { ...event(), recordedAt: minute(n) };
        given.push((await appended(fixture.log, write(stream(`m${n}`), 'none', recorded))).position);
      }
      return given;
    }

    test('a time has the position of the last event at it or before', async () => {
      const given = await everyMinute(11);
      for (const [index, position] of given.entries()) {
        expect(await fixture.log.positionAt(minute(index + 1))).toBe(position);
        expect(await fixture.log.positionAt(minute(index + 1.5))).toBe(position);
        expect(await fixture.log.timeAt(position)).toBe(minute(index + 1));
      }
      expect(await fixture.log.positionAt('9999-12-31T00:00:00.000Z')).toBe(given.at(-1));
    });

    test('before the first event is the start, which has no time', async () => {
      const { log } = fixture;
      expect(await log.positionAt(minute(5))).toBe(log.start);
      await everyMinute(3);
      expect(await log.positionAt(minute(0))).toBe(log.start);
      expect(await log.timeAt(log.start)).toBeNull();
    });

    test('of events at one time it is the last', async () => {
      const { log } = fixture;
      const same = () => ({ ...event(), recordedAt: minute(1) });
      await appended(log, write(stream('a'), 'none', same(), same(), same()));
      const head = await log.head();
      await appended(log, write(stream('b'), 'none', { ...event(), recordedAt: minute(2) }));
      expect(await log.positionAt(minute(1))).toBe(head);
    });

    test('a time keeps its position when the log grows, and when an event before it goes', async () => {
      const { log } = fixture;
      const given = await everyMinute(6);
      const before = await log.positionAt(minute(4));
      await appended(log, write(stream('later'), 'none', { ...event(), recordedAt: minute(60) }));
      await log.deleteStream(stream('m2'));
      expect(await log.positionAt(minute(4))).toBe(before);
      expect(await log.timeAt(given[1] ?? '')).toBe(minute(1));
    });

    test('a position that this log never made has no time', async () => {
      await expect(fixture.log.timeAt('x')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    });
  });
}
