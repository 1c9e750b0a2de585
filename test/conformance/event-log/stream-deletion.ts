import { describe, expect, test } from 'vitest';
import { appended, event, freshLog, type LogFactory, readAll, stream, write } from './fixture.ts';

export function streamDeletion(factory: LogFactory): void {
  describe('deleting a stream', () => {
    const fixture = freshLog(factory);

    test('removes its events from every read and leaves the others where they were', async () => {
      const { log } = fixture;
      await appended(log, write(stream('a'), 'none', event(), event()), write(stream('b'), 'none'));
      await appended(log, write(stream('a'), 1));
      const others = (await readAll(log)).filter(({ stream: name }) => name !== stream('a'));
      await log.deleteStream(stream('a'));
      expect(await log.readStream(stream('a'))).toEqual([]);
      expect(await readAll(log)).toEqual(others);
      expect(await readAll(log, { categories: ['memory'] })).toEqual(others);
      expect(await readAll(log, { tenant: 'acme' })).toEqual(others);
      expect(await log.countAfter(null)).toBe(1);
    });

    test('uses no position twice, the last one neither, and lets the head never fall', async () => {
      const { log } = fixture;
      await appended(log, write(stream('b'), 'none'));
      const last = await appended(log, write(stream('a'), 'none'));
      await log.deleteStream(stream('a'));
      expect(await log.head()).toBe(last.position);
      expect(await log.read({ after: null, limit: 10 })).toMatchObject({ position: last.position, end: true });
      const next = await appended(log, write(stream('b'), 0));
      expect(next.position > last.position).toBe(true);
    });

    test('lets the stream begin again at revision 0, with the same ids', async () => {
      const { log } = fixture;
      const first = event({ text: 'first' });
      await appended(log, write(stream('a'), 'none', first, event()));
      await log.deleteStream(stream('a'));
      expect(await log.append([write(stream('a'), 1)])).toEqual({ ok: false, stream: stream('a'), revision: -1 });
      expect(await appended(log, write(stream('a'), 'none', first))).toMatchObject({
        revisions: [0],
        duplicate: false,
      });
      expect(await log.readStream(stream('a'))).toHaveLength(1);
    });

    test('of a stream that is not there does nothing', async () => {
      await appended(fixture.log, write(stream('a'), 'none'));
      await fixture.log.deleteStream(stream('b'));
      await fixture.log.deleteStream(stream('b'));
      expect(await readAll(fixture.log)).toHaveLength(1);
    });
  });
}
