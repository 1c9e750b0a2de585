import { describe, test } from 'vitest';
import type { JsonObject } from '../../src/domain/event.ts';
import { limits } from '../../src/domain/limits.ts';
import { type NewMemory, type NewReflection, record, reflect } from '../../src/domain/recording.ts';
import { aRecording, minute } from '../support/fixtures.ts';
import { givenState } from '../support/given.ts';

const aNewMemory = (given: Partial<NewMemory> = {}): NewMemory => ({
  content: 'The parser fails on a byte order mark',
  type: 'STANDARD',
  namespace: 'default',
  scope: 'GLOBAL',
  sharedWith: { agents: [], teams: [] },
  author: null,
  user: null,
  session: null,
  occurredAt: null,
  metadata: {},
  ttl: null,
  sources: [],
  ...given,
});

const recording = (memory: Partial<NewMemory>) =>
  givenState(aNewMemory(memory)).when((given, now) => record(given, 'ann', now));

const nested = (levels: number): JsonObject => (levels === 1 ? { end: 1 } : { next: nested(levels - 1) });
const keys = (count: number): JsonObject => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));

describe('recording a memory', () => {
  test('its owner said it, now, unless told otherwise', () =>
    recording({}).then({
      type: 'memory.recorded',
      data: aRecording({ agent: 'ann', author: 'ann', occurredAt: minute(0) }),
    }));

  test('another said it, at another time', () =>
    recording({ author: 'Caroline', occurredAt: minute(-99) }).then({
      type: 'memory.recorded',
      data: aRecording({ author: 'Caroline', occurredAt: minute(-99) }),
    }));

  test('it lives for as long as its ttl says', () =>
    recording({ ttl: 120 }).then({
      type: 'memory.recorded',
      data: aRecording({ occurredAt: minute(0), expiresAt: minute(2) }),
    }));

  test.each([
    ['empty content', { content: '' }, 'content'],
    ['too long a content', { content: 'x'.repeat(limits.content + 1) }, 'content'],
    ['half of a surrogate pair', { content: 'a\ud800b' }, 'content'],
    ['a NUL', { content: 'a\0b' }, 'content'],
    ['a NUL in the metadata', { metadata: { key: ['a\0'] } }, 'metadata'],
    ['half of a surrogate pair in a key', { metadata: { '\udc00': 1 } }, 'metadata'],
    ['NaN', { metadata: { key: Number.NaN } }, 'metadata'],
    ['metadata six levels deep', { metadata: nested(limits.metadataDepth + 1) }, 'metadata'],
    ['65 keys', { metadata: keys(limits.metadataKeys + 1) }, 'metadata'],
    ['more than 16 kB of metadata', { metadata: { key: 'x'.repeat(limits.metadataBytes) } }, 'metadata'],
    ['a name with a space', { namespace: 'my notes' }, 'namespace'],
    ['an empty name', { namespace: '' }, 'namespace'],
    ['a name of 65', { namespace: 'n'.repeat(limits.name + 1) }, 'namespace'],
    ['a ttl of 0', { ttl: 0 }, 'ttl'],
    ['a ttl of half a second', { ttl: 0.5 }, 'ttl'],
    ['a ttl beyond all measure', { ttl: limits.ttl + 1 }, 'ttl'],
    ['a time that is none', { occurredAt: 'yesterday' }, 'occurredAt'],
    ['a time not in UTC', { occurredAt: '2026-01-01T00:00:00.000+01:00' }, 'occurredAt'],
    ['an empty author', { author: '' }, 'author'],
    [
      'a source that names nothing',
      { sources: [{ memory: null, message: null, session: null, quote: null }] },
      'sources.0',
    ],
    [
      'too long a quote',
      { sources: [{ memory: null, message: null, session: null, quote: 'q'.repeat(limits.quote + 1) }] },
      'sources.0.quote',
    ],
    ['sharing what is private', { scope: 'AGENT_PRIVATE', sharedWith: { agents: ['bob'], teams: [] } }, 'sharedWith'],
    ['sharing what is global', { scope: 'GLOBAL', sharedWith: { agents: [], teams: ['press'] } }, 'sharedWith'],
    [
      'an agent whose name is none',
      { scope: 'AGENT_SHARED', sharedWith: { agents: ['bob', 'b b'], teams: [] } },
      'sharedWith.agents.1',
    ],
  ] as const)('%s is refused', (_, memory, field) =>
    recording(memory as Partial<NewMemory>).thenFails('INVALID_INPUT', { field }),
  );

  test.each<[string, Partial<Pick<NewMemory, 'content' | 'metadata'>>]>([
    ['the longest content', { content: 'x'.repeat(limits.content) }],
    ['metadata five levels deep', { metadata: nested(limits.metadataDepth) }],
    ['64 keys', { metadata: keys(limits.metadataKeys) }],
  ])('%s is taken', (_, memory) =>
    recording(memory).then({ type: 'memory.recorded', data: aRecording({ ...memory, occurredAt: minute(0) }) }),
  );

  test('the longest life is taken', () =>
    recording({ ttl: limits.ttl }).then({
      type: 'memory.recorded',
      data: aRecording({ occurredAt: minute(0), expiresAt: '2035-12-30T00:00:00.000Z' }),
    }));
});

describe('recording a reflection', () => {
  const lesson = {
    errorPattern: 'silent CSV parse failure',
    correctApproach: 'strip the byte order mark',
    applicableContexts: ['csv', 'unicode'],
    trajectory: null,
  };
  const reflecting = (given: Partial<NewReflection>) => {
    const { author, session, occurredAt, ttl, ...memory } = aNewMemory({ type: 'REFLECTION' });
    return givenState<NewReflection>({ ...memory, lesson, ...given }).when((reflection, now) =>
      reflect(reflection, 'ann', now),
    );
  };

  test('it keeps its lesson beside the text', () =>
    reflecting({}).then({
      type: 'reflection.recorded',
      data: { ...aRecording({ type: 'REFLECTION', occurredAt: minute(0) }), lesson },
    }));

  test('only reflections and strategies have lessons', () =>
    reflecting({ type: 'STANDARD' }).thenFails('INVALID_INPUT', { field: 'type' }));

  test.each([
    ['errorPattern', { errorPattern: 'x'.repeat(limits.errorPattern + 1) }, 'errorPattern'],
    ['correctApproach', { correctApproach: '' }, 'correctApproach'],
    ['applicableContexts', { applicableContexts: ['csv', ''] }, 'applicableContexts.1'],
    [
      'applicableContexts',
      { applicableContexts: Array(limits.applicableContexts + 1).fill('csv') },
      'applicableContexts',
    ],
  ])('a lesson whose %s is too long, too many or empty is refused', (_, change, field) =>
    reflecting({ lesson: { ...lesson, ...change } }).thenFails('INVALID_INPUT', { field }),
  );
});
