import { describe, expect, test } from 'vitest';
import { appended, event, freshLog, type LogFactory, readAll, stream, write } from './fixture.ts';

export function retries(factory: LogFactory): void {
  describe('appending again with the same event ids', () => {
    const fixture = freshLog(factory);

    test('answers the first result and writes nothing', async () => {
      const writes = [write(stream('a'), 'none', event(), event()), write(stream('b'), 'none', event())];
      const first = await appended(fixture.log, ...writes);
      expect(await appended(fixture.log, ...writes)).toEqual({ ...first, duplicate: true });
      expect(await readAll(fixture.log)).toHaveLength(3);
    });

    test('answers the first result after other events followed in the same streams', async () => {
      const writes = [write(stream('a'), 'none'), write(stream('b'), 'any')];
      const first = await appended(fixture.log, ...writes);
      await appended(fixture.log, write(stream('a'), 0), write(stream('b'), 0));
      await appended(fixture.log, write(stream('c'), 'none'));
      expect(await appended(fixture.log, ...writes)).toEqual({ ...first, duplicate: true });
      expect(await readAll(fixture.log)).toHaveLength(5);
    });

    test('whatever revision the retry expects', async () => {
      const repeated = event();
      await appended(fixture.log, write(stream('a'), 'none', repeated));
      for (const expected of ['none', 'any', 0, 5] as const) {
        const result = await fixture.log.append([write(stream('a'), expected, repeated)]);
        expect(result).toMatchObject({ ok: true, duplicate: true, revisions: [0] });
      }
      expect(await fixture.log.readStream(stream('a'))).toHaveLength(1);
    });

    test('of many retries at once one writes and all get the same answer', async () => {
      const writes = [write(stream('a'), 'none', event()), write(stream('b'), 'any', event())];
      const results = await Promise.all(Array.from({ length: 16 }, () => appended(fixture.log, ...writes)));
      expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(new Set(results.map(({ position }) => position)).size).toBe(1);
      expect(await readAll(fixture.log)).toHaveLength(2);
    });

    test.for<['first' | 'last']>([['first'], ['last']])(
      'fails when only the %s of its events is there',
      async ([which]) => {
        const known = event();
        await appended(fixture.log, write(stream('a'), 'none', known));
        const events = which === 'first' ? [known, event()] : [event(), known];
        await expect(fixture.log.append([write(stream('a'), 'any', ...events)])).rejects.toMatchObject({
          code: 'COMMAND_ID_REUSED',
        });
        expect(await readAll(fixture.log)).toHaveLength(1);
      },
    );

    test('fails when the events of only one of its streams are there', async () => {
      const known = event();
      await appended(fixture.log, write(stream('a'), 'none', known));
      await expect(
        fixture.log.append([write(stream('b'), 'none'), write(stream('a'), 'any', known)]),
      ).rejects.toMatchObject({ code: 'COMMAND_ID_REUSED' });
      expect(await fixture.log.readStream(stream('b'))).toEqual([]);
    });

    test('fails when the event is in another stream', async () => {
      const known = event();
      await appended(fixture.log, write(stream('a'), 'none', known));
      await expect(fixture.log.append([write(stream('b'), 'none', known)])).rejects.toMatchObject({
        code: 'COMMAND_ID_REUSED',
      });
      expect(await readAll(fixture.log)).toHaveLength(1);
    });

    test('a failed append leaves its ids free', async () => {
      const repeated = event();
      expect(await fixture.log.append([write(stream('a'), 4, repeated)])).toMatchObject({ ok: false });
      expect(await appended(fixture.log, write(stream('a'), 'none', repeated))).toMatchObject({ duplicate: false });
    });
  });
}
