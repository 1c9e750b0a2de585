import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/event.ts';
import { type Expected, MAX_APPEND_BYTES } from '../../../src/log/event-log.ts';
import { appended, event, freshLog, type LogFactory, readAll, stream, write } from './fixture.ts';

export function appends(factory: LogFactory): void {
  describe('appending', () => {
    const fixture = freshLog(factory);

    test('gives back each event as it was appended, with its stream, revision and position', async () => {
      const first = event({ text: 'one', nested: { list: [1, null, true, 'x'], empty: {} } });
      const second = event({ text: 'two' });
      const result = await appended(fixture.log, write(stream('a'), 'none', first, second));
      const events = await fixture.log.readStream(stream('a'));
      expect(events).toEqual([
        { ...first, stream: stream('a'), revision: 0, position: expect.any(String) },
        { ...second, stream: stream('a'), revision: 1, position: result.position },
      ]);
      expect(result).toMatchObject({ revisions: [1], duplicate: false });
    });

    test('writes to several streams at once, in the order of the writes', async () => {
      await appended(fixture.log, write(stream('b'), 'none'));
      const result = await appended(
        fixture.log,
        write(stream('a'), 'none', event(), event()),
        write(stream('b'), 0, event()),
        write(stream('t', 'acme', 'text'), 'any', event()),
      );
      expect(result.revisions).toEqual([1, 1, 0]);
      const events = await readAll(fixture.log);
      expect(events.slice(1).map((each) => [each.stream, each.revision])).toEqual([
        [stream('a'), 0],
        [stream('a'), 1],
        [stream('b'), 1],
        [stream('t', 'acme', 'text'), 0],
      ]);
      expect(result.position).toBe(events.at(-1)?.position);
    });

    test('writes nothing when one of several streams is not as expected, and names it', async () => {
      await appended(fixture.log, write(stream('b'), 'none'));
      const before = await fixture.log.head();
      const result = await fixture.log.append([write(stream('a'), 'none'), write(stream('b'), 'none')]);
      expect(result).toEqual({ ok: false, stream: stream('b'), revision: 0 });
      expect(await fixture.log.readStream(stream('a'))).toEqual([]);
      expect(await fixture.log.head()).toBe(before);
    });

    test('names the first of several streams that are not as expected', async () => {
      const result = await fixture.log.append([write(stream('a'), 3), write(stream('b'), 0)]);
      expect(result).toEqual({ ok: false, stream: stream('a'), revision: -1 });
    });

    test.for<[existing: number, expected: Expected, succeeds: boolean]>([
      [0, 'none', true],
      [0, 'any', true],
      [0, 0, false],
      [0, 1, false],
      [1, 'none', false],
      [1, 'any', true],
      [1, 0, true],
      [1, 1, false],
      [3, 2, true],
      [3, 1, false],
      [3, 3, false],
      [3, 'any', true],
    ])('to a stream of %i events, expected revision %s: success is %s', async ([existing, expected, succeeds]) => {
      for (let index = 0; index < existing; index += 1) await appended(fixture.log, write(stream('a'), 'any'));
      const result = await fixture.log.append([write(stream('a'), expected)]);
      if (succeeds) expect(result).toMatchObject({ ok: true, revisions: [existing] });
      else expect(result).toEqual({ ok: false, stream: stream('a'), revision: existing - 1 });
      expect(await fixture.log.readStream(stream('a'))).toHaveLength(existing + (succeeds ? 1 : 0));
    });

    test('of 64 writers that expect the same revision exactly one wins, at every revision', async () => {
      await appended(fixture.log, write(stream('a'), 'none'));
      for (let revision = 0; revision < 5; revision += 1) {
        const results = await Promise.all(
          Array.from({ length: 64 }, () => fixture.log.append([write(stream('a'), revision)])),
        );
        expect(results.filter((result) => result.ok)).toHaveLength(1);
        for (const result of results) if (!result.ok) expect(result.revision).toBe(revision + 1);
      }
      expect(await fixture.log.readStream(stream('a'))).toHaveLength(6);
    });

    test('64 writers without an expected revision lose nothing and leave no gap', async () => {
      const results = await Promise.all(
        Array.from({ length: 64 }, (_, writer) => appended(fixture.log, write(stream('a'), 'any', event({ writer })))),
      );
      const events = await fixture.log.readStream(stream('a'));
      expect(events.map(({ revision }) => revision)).toEqual(Array.from({ length: 64 }, (_, index) => index));
      for (const [writer, { revisions, position }] of results.entries())
        expect(events[revisions[0] ?? -1]).toMatchObject({ data: { writer }, position });
    });

    test('a refused append costs the others of the same moment nothing', async () => {
      const taken = event();
      await appended(fixture.log, write(stream('taken'), 'none', taken));
      const outcomes = await Promise.allSettled([
        fixture.log.append([write(stream('a'), 'none')]),
        fixture.log.append([write(stream('b'), 7)]),
        fixture.log.append([write(stream('c'), 'none', taken, event())]),
        fixture.log.append([write(stream('d'), 'none', event({ text: 'x'.repeat(MAX_APPEND_BYTES) }))]),
        fixture.log.append([write('no stream name', 'none')]),
        fixture.log.append([]),
        fixture.log.append([write(stream('e'), 'none'), write(stream('f'), 'none')]),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual([
        'fulfilled',
        'fulfilled',
        'rejected',
        'rejected',
        'rejected',
        'rejected',
        'fulfilled',
      ]);
      const events = await readAll(fixture.log);
      expect(events.map((each) => each.stream).toSorted()).toEqual(['a', 'e', 'f', 'taken'].map((id) => stream(id)));
    });

    test('refuses an append over the limit with its size, and takes one at the limit', async () => {
      const rest = Buffer.byteLength(JSON.stringify({ text: '' }) + JSON.stringify(event().metadata));
      const atLimit = event({ text: 'é'.repeat((MAX_APPEND_BYTES - rest) / 2) });
      const over = event({ text: `${'x'.repeat(MAX_APPEND_BYTES - rest)}y` });
      await expect(fixture.log.append([write(stream('a'), 'none', over)])).rejects.toMatchObject({
        code: 'PAYLOAD_TOO_LARGE',
        details: { limit: MAX_APPEND_BYTES },
      });
      await expect(
        fixture.log.append([write(stream('a'), 'none', atLimit), write(stream('b'), 'none')]),
      ).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
      expect(await fixture.log.head()).toBe(fixture.log.start);
      await appended(fixture.log, write(stream('a'), 'none', atLimit));
      expect((await fixture.log.readStream(stream('a')))[0]?.data).toEqual(atLimit.data);
    });

    test.for<[string, JsonObject]>([
      ['many scripts', { text: 'naïve 日本語 עברית 👩‍🚀 \u{1F9E0}\u0301' }],
      ['control characters', { text: 'a\0b\u0001\n\r\t\u2028\u2029"\\' }],
      ['halves of surrogate pairs', { text: 'a\ud800b', '\udc00': 1 }],
      ['numbers at the edges', { numbers: [0, -1.5, 1e308, 5e-324, Number.MAX_SAFE_INTEGER, 2 ** 60] }],
      ['keys of objects', JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1},"":2,"a.b":3}')],
      ['deep nesting', { a: { b: { c: { d: { e: [[[[1]]]] } } } } }],
    ])('keeps %s', async ([, data]) => {
      await appended(fixture.log, write(stream('a'), 'none', event(data)));
      const [read] = await fixture.log.readStream(stream('a'));
      expect(JSON.stringify(read?.data)).toBe(JSON.stringify(data));
      expect(Object.getPrototypeOf(read?.data)).toBe(Object.prototype);
      expect('polluted' in {}).toBe(false);
    });

    test('keeps no hold of what it was given or has given', async () => {
      const data = { list: ['as appended'] };
      const appending = appended(fixture.log, write(stream('a'), 'none', event(data)));
      data.list.push('changed by the writer');
      await appending;
      const [read] = await fixture.log.readStream(stream('a'));
      if (read !== undefined) read.data.list = 'changed by a reader';
      expect((await fixture.log.readStream(stream('a')))[0]?.data).toEqual({ list: ['as appended'] });
    });
  });
}
