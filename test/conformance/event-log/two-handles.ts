import { describe, expect, test } from 'vitest';
import { appended, event, freshLog, type LogFactory, readAll, stream, write } from './fixture.ts';
import { follow, patience } from './followers.ts';

export function twoHandles(factory: LogFactory): void {
  describe('a log that is opened twice', () => {
    const fixture = freshLog(factory);

    test("shows each handle the other's events, under the same positions", async () => {
      const { log, another } = fixture;
      const second = await another();
      await appended(log, write(stream('a'), 'none'));
      await appended(second, write(stream('a'), 0));
      await appended(log, write(stream('a'), 1));
      expect(await readAll(second)).toEqual(await readAll(log));
      expect(await second.readStream(stream('a'))).toHaveLength(3);
      expect(await second.head()).toBe(await log.head());
      expect(await second.parsePosition(await log.head(), 'after')).toBe(await log.head());
    });

    test("wakes each handle's subscribers for the other's appends, and they miss none", async () => {
      const { log, another } = fixture;
      const second = await another();
      const followers = [follow(log), follow(second)];
      const work = [log, second].flatMap((handle, offset) =>
        Array.from({ length: 40 }, (_, index) =>
          appended(handle, write(stream(`s${index % 3}`), 'any', event({ n: index * 2 + offset }))),
        ),
      );
      await Promise.all(work);
      const order = (await readAll(log)).map(({ data }) => data.n);
      for (const follower of followers) {
        await expect.poll(() => follower.seen, patience).toEqual(order);
        await follower.stop();
      }
    });

    test('loses no update: at each revision one writer of both handles wins', async () => {
      const { log, another } = fixture;
      const second = await another();
      await appended(log, write(stream('counter'), 'none', event({ count: 0 })));
      const increment = async (handle: typeof log) => {
        for (;;) {
          const current = (await handle.readStream(stream('counter'))).at(-1);
          const next = event({ count: Number(current?.data.count) + 1 });
          const result = await handle.append([write(stream('counter'), current?.revision ?? -1, next)]);
          if (result.ok) return;
        }
      };
      await Promise.all(Array.from({ length: 40 }, (_, index) => increment(index % 2 === 0 ? log : second)));
      const events = await second.readStream(stream('counter'));
      expect(events.map(({ data, revision }) => [data.count, revision])).toEqual(
        Array.from({ length: 41 }, (_, index) => [index, index]),
      );
    });

    test('answers a retry that comes through the other handle', async () => {
      const second = await fixture.another();
      const writes = [write(stream('a'), 'none', event()), write(stream('b'), 'none', event())];
      const first = await appended(fixture.log, ...writes);
      expect(await appended(second, ...writes)).toEqual({ ...first, duplicate: true });
    });

    test('keeps its events when all handles were closed; a closed handle says so', async () => {
      const { log, another } = fixture;
      const acknowledged = appended(log, write(stream('a'), 'none', event({ text: 'kept' })));
      const closing = log.close();
      await Promise.all([acknowledged, closing]);
      await log.close();
      const reopened = await another();
      expect((await reopened.readStream(stream('a')))[0]?.data).toEqual({ text: 'kept' });
      await expect(log.append([write(stream('b'), 'none')])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
      await expect(log.head()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    });
  });
}
