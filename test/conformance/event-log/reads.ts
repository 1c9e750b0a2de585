import { describe, expect, test } from 'vitest';
import type { Category } from '../../../src/domain/streams.ts';
import type { EventLog } from '../../../src/log/event-log.ts';
import { appended, event, freshLog, type LogFactory, readAll, stream, write } from './fixture.ts';

const places: [category: Category, tenant: string][] = [
  ['memory', 'acme'],
  ['memory', 'globex'],
  ['text', 'acme'],
  ['team', 'globex'],
  ['key', '$server'],
  ['memory', 'acme'],
];

/** 60 events, one after the other through `places`; `data.at` is the place's index. */
async function filled(log: EventLog): Promise<void> {
  for (let index = 0; index < 60; index += 1) {
    const at = index % places.length;
    const [category, tenant] = places[at] ?? ['memory', 'acme'];
    await appended(log, write(stream(`s${index % 12}`, tenant, category), 'any', event({ at, index })));
  }
}

export function reads(factory: LogFactory): void {
  describe('reading', () => {
    const fixture = freshLog(factory);

    test('an empty log gives nothing and its start', async () => {
      const { log } = fixture;
      expect(await log.read({ after: null, limit: 10 })).toEqual({ events: [], position: log.start, end: true });
      expect(await log.head()).toBe(log.start);
      expect(await log.readStream(stream('a'))).toEqual([]);
      expect(await log.countAfter(null)).toBe(0);
    });

    test('the log is one order: positions rise, as text too, and every stream counts without a gap', async () => {
      await filled(fixture.log);
      const events = await readAll(fixture.log);
      expect(events.map(({ data }) => data.index)).toEqual(Array.from({ length: 60 }, (_, index) => index));
      expect(events.map(({ position }) => position)).toEqual(events.map(({ position }) => position).toSorted());
      const next = new Map<string, number>();
      for (const { stream: name, revision } of events) {
        expect(revision).toBe(next.get(name) ?? 0);
        next.set(name, revision + 1);
      }
      expect(events[0] !== undefined && events[0].position > fixture.log.start).toBe(true);
      expect(await fixture.log.head()).toBe(events.at(-1)?.position);
    });

    test.for<[string, { categories?: Category[]; tenant?: string }, number[]]>([
      ['all', {}, [0, 1, 2, 3, 4, 5]],
      ['one category', { categories: ['memory'] }, [0, 1, 5]],
      ['several categories', { categories: ['key', 'memory', 'team'] }, [0, 1, 3, 4, 5]],
      ['a category that is named twice', { categories: ['text', 'text'] }, [2]],
      ['no category', { categories: [] }, []],
      ['a tenant', { tenant: 'acme' }, [0, 2, 5]],
      ['the server', { tenant: '$server' }, [4]],
      ['a tenant and a category', { tenant: 'globex', categories: ['memory'] }, [1]],
      ['a tenant that is not there', { tenant: 'acm' }, []],
    ])('%s: whatever the page, from any position on', async ([, filter, expected]) => {
      await filled(fixture.log);
      const all = await readAll(fixture.log);
      const matching = all.filter(({ data }) => expected.includes(Number(data.at)));
      for (const limit of [1, 7, 60, 10_000])
        expect(await readAll(fixture.log, { ...filter, limit })).toEqual(matching);
      const middle = all[29]?.position ?? null;
      expect(await readAll(fixture.log, { ...filter, after: middle })).toEqual(
        matching.filter(({ data }) => Number(data.index) > 29),
      );
      expect(
        await readAll(fixture.log, { ...filter, limit: 5, until: all[29]?.position ?? fixture.log.start }),
      ).toEqual(matching.filter(({ data }) => Number(data.index) <= 29));
    });

    test('the last page says so, and its position is the end of what was read, matching or not', async () => {
      await filled(fixture.log);
      const { log } = fixture;
      const keys = { categories: ['key'] as const };
      const events = await readAll(log, keys);
      const full = await log.read({ after: null, limit: events.length, ...keys });
      expect(full).toMatchObject({ end: true, position: await log.head() });
      const short = await log.read({ after: null, limit: events.length - 1, ...keys });
      expect(short).toMatchObject({ end: false, position: events.at(-2)?.position });
      const until = (await readAll(log))[20]?.position ?? log.start;
      expect(await log.read({ after: null, limit: 100, until, ...keys })).toMatchObject({ end: true, position: until });
      const beyond = await log.read({ after: await log.head(), limit: 1 });
      expect(beyond).toEqual({ events: [], end: true, position: await log.head() });
    });

    test('a page that ends before it begins is empty and moves nothing', async () => {
      await filled(fixture.log);
      const events = await readAll(fixture.log);
      const after = events[9]?.position ?? fixture.log.start;
      const until = events[3]?.position ?? fixture.log.start;
      expect(await fixture.log.read({ after, until, limit: 5 })).toEqual({ events: [], end: true, position: after });
    });

    test.for([0, -1, 1.5, 10_001, Number.NaN])('refuses a page of %d events', async (limit) => {
      await expect(fixture.log.read({ after: null, limit })).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    test('a stream from a revision, and as it stood at a position', async () => {
      const { log } = fixture;
      for (let index = 0; index < 6; index += 1) {
        await appended(log, write(stream('a'), 'any', event({ index })));
        await appended(log, write(stream('b'), 'any'));
      }
      const events = await log.readStream(stream('a'));
      expect(await log.readStream(stream('a'), { from: 4 })).toEqual(events.slice(4));
      expect(await log.readStream(stream('a'), { from: 6 })).toEqual([]);
      const until = events[2]?.position ?? log.start;
      expect(await log.readStream(stream('a'), { until })).toEqual(events.slice(0, 3));
      expect(await log.readStream(stream('a'), { from: 1, until })).toEqual(events.slice(1, 3));
      const betweenTwo = (await log.readStream(stream('b')))[2]?.position ?? log.start;
      expect(await log.readStream(stream('a'), { until: betweenTwo })).toEqual(events.slice(0, 3));
      expect(await log.readStream(stream('a'), { until: log.start })).toEqual([]);
    });

    test('counts what comes after a position', async () => {
      await filled(fixture.log);
      const { log } = fixture;
      const events = await readAll(log);
      const middle = events[29]?.position ?? null;
      expect(await log.countAfter(null)).toBe(60);
      expect(await log.countAfter(log.start)).toBe(60);
      expect(await log.countAfter(middle)).toBe(30);
      expect(await log.countAfter(null, ['memory'])).toBe(30);
      expect(await log.countAfter(middle, ['key', 'team'])).toBe(10);
      expect(await log.countAfter(await log.head())).toBe(0);
      expect(await log.countAfter(null, [])).toBe(0);
    });

    test('large events come in pages that miss none', async () => {
      const text = 'large '.repeat(140_000);
      for (let index = 0; index < 22; index += 1)
        await appended(fixture.log, write(stream('a'), 'any', event({ index, text })));
      const events = await readAll(fixture.log, { limit: 10_000 });
      expect(events.map(({ data }) => data.index)).toEqual(Array.from({ length: 22 }, (_, index) => index));
      expect(events.every(({ data }) => data.text === text)).toBe(true);
    });
  });
}
