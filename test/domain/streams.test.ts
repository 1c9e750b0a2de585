import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namePattern } from '../../src/domain/limits.ts';
import { categories, parseStream, SERVER, streamName } from '../../src/domain/streams.ts';

const name = fc.stringMatching(/^[a-zA-Z0-9._-]{1,64}$/);

test('a stream’s name is its parts, and its parts are the name', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...categories),
      fc.oneof(name, fc.constant(SERVER)),
      fc.string(),
      (category, tenant, id) => {
        expect(parseStream(streamName(category, tenant, id))).toEqual({ category, tenant, id });
      },
    ),
  );
});

test('two tenants share no stream', () => {
  fc.assert(
    fc.property(name, name, fc.string(), fc.string(), (a, b, one, other) => {
      fc.pre(a !== b);
      expect(streamName('memory', a, one)).not.toBe(streamName('memory', b, other));
    }),
  );
});

test.each(['', 'memory', 'memory-acme', '+', 'unknown-acme+1', '-acme+1', 'memory+acme-1'])(
  '%j is no stream’s name',
  (text) => expect(parseStream(text)).toBeNull(),
);

test('what belongs to no tenant is in a tenant that none can name', () => expect(SERVER).not.toMatch(namePattern));
