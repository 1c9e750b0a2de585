import { describe, expect, test } from 'vitest';
import type { Position } from '../../../src/domain/event.ts';
import type { EventLog } from '../../../src/log/event-log.ts';
import { appended, event, freshLog, type LogFactory, stream, write } from './fixture.ts';

/** For what comes by itself, soon on an idle machine. */
export const patience = { timeout: 20_000 };

/** Reads on after every wake-up, and only then; collects what `data.n` it saw. */
export function follow(log: EventLog): { seen: number[]; stop(): Promise<void> } {
  const seen: number[] = [];
  let after: Position | null = null;
  let reading = Promise.resolve();
  const catchUp = async () => {
    for (;;) {
      const page = await log.read({ after, limit: 10 });
      seen.push(...page.events.map(({ data }) => Number(data.n)));
      after = page.position;
      if (page.end) return;
    }
  };
  const stop = log.onAppend(() => {
    reading = reading.then(catchUp);
  });
  return {
    seen,
    stop: () => {
      stop();
      return reading;
    },
  };
}

export function followers(factory: LogFactory): void {
  describe('wake-ups', () => {
    const fixture = freshLog(factory);

    test('come no later than the acknowledgement, and a read then has the events', async () => {
      let wakes = 0;
      const stop = fixture.log.onAppend(() => {
        wakes += 1;
      });
      for (let count = 1; count <= 5; count += 1) {
        await appended(fixture.log, write(stream('a'), 'any'));
        expect(wakes).toBe(count);
      }
      stop();
    });

    test('lose nothing: a reader that reads on after each has seen all, in order, under load', async () => {
      const { log } = fixture;
      const follower = follow(log);
      let n = 0;
      const writer = async (name: string) => {
        for (let round = 0; round < 20; round += 1) {
          await appended(log, write(stream(name), 'any', event({ n }), event({ n: n + 1 })));
          n += 2;
        }
      };
      await Promise.all(Array.from({ length: 16 }, (_, index) => writer(`s${index}`)));
      await expect.poll(() => follower.seen.length, patience).toBe(16 * 20 * 2);
      await follower.stop();
      const page = await log.read({ after: null, limit: 10_000 });
      expect(follower.seen).toEqual(page.events.map(({ data }) => data.n));
    });

    test('end when they are stopped, each subscription for itself', async () => {
      const counts = [0, 0];
      const wake = () => {
        counts[0] = (counts[0] ?? 0) + 1;
      };
      const stops = [fixture.log.onAppend(wake), fixture.log.onAppend(wake)];
      const other = fixture.log.onAppend(() => {
        counts[1] = (counts[1] ?? 0) + 1;
      });
      await appended(fixture.log, write(stream('a'), 'any'));
      stops[0]?.();
      stops[0]?.();
      await appended(fixture.log, write(stream('a'), 'any'));
      stops[1]?.();
      await appended(fixture.log, write(stream('a'), 'any'));
      other();
      expect(counts).toEqual([3, 3]);
    });

    test('a subscriber that throws harms neither the append nor the other subscribers', async () => {
      let woken = false;
      const stops = [
        fixture.log.onAppend(() => {
          throw new Error('a subscriber is broken');
        }),
        fixture.log.onAppend(() => {
          woken = true;
        }),
      ];
      await appended(fixture.log, write(stream('a'), 'none'));
      expect(woken).toBe(true);
      for (const stop of stops) stop();
    });

    test('a subscriber may append and stop from within its wake-up', async () => {
      const { log } = fixture;
      const echoed = new Promise<void>((resolve, reject) => {
        const stop = log.onAppend(() => {
          stop();
          appended(log, write(stream('echo'), 'none')).then(() => resolve(), reject);
        });
      });
      await appended(log, write(stream('a'), 'none'));
      await echoed;
      expect(await log.readStream(stream('echo'))).toHaveLength(1);
    });
  });
}
