// One recorded event of each type and schema number, kept for ever: what was written once must always be read, and mean
// what it meant.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import { evolve as evolveFeature, isFeatureEvent } from '../../src/domain/feature.ts';
import { evolve as evolveKey } from '../../src/domain/key.ts';
import { evolve as evolveMemory } from '../../src/domain/memory-view.ts';
import { evolve as evolveRun, isRunEvent } from '../../src/domain/run.ts';
import { evolve as evolveSession, isSessionEvent } from '../../src/domain/session.ts';
import { evolve as evolveTeam } from '../../src/domain/team.ts';
import { evolve as evolveClaim } from '../../src/domain/text-claim.ts';
import { type DecodedEvent, decode, encode } from '../../src/events/codec.ts';
import { type DomainEvent, formats } from '../../src/events/formats.ts';

const folder = new URL('../golden/', import.meta.url);
const golden = (file: string): RecordedEvent => JSON.parse(readFileSync(new URL(file, folder), 'utf8'));

const decoded = (file: string): DecodedEvent => {
  const event = decode(golden(file));
  if (event === null) throw new Error(`${file} is not known`);
  return event;
};

const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

test('every event type has one for each of its schema numbers', () => {
  const expected = Object.entries(formats).flatMap(([type, { schema }]) =>
    Array.from({ length: schema }, (_, index) => `${type}.${index + 1}.json`),
  );
  expect(files.sort()).toEqual(expected.sort());
});

describe.each(files)('%s', (file) => {
  test('is read, with its envelope', () => {
    const recorded = golden(file);
    const { event, at, id, stream, position, metadata } = decoded(file);
    expect(`${event.type}.${metadata.schema}.json`).toBe(file);
    expect({ id, stream, position, metadata }).toEqual({
      id: recorded.id,
      stream: recorded.stream,
      position: recorded.position,
      metadata: recorded.metadata,
    });
    expect(at).toMatchObject({ tenant: 'acme', revision: recorded.revision, recordedAt: recorded.recordedAt });
  });

  test('is written as it was read, when its schema is today’s', () => {
    const { revision, position, stream, ...recorded } = golden(file);
    const { event } = decoded(file);
    if (recorded.metadata.schema === formats[event.type].schema) expect(encode(event, recorded)).toEqual(recorded);
  });
});

describe('what it means', () => {
  const memory = fold('memory.recorded.1.json');

  test('a recording', () =>
    expect(memory).toMatchObject({
      memory: {
        ...golden('memory.recorded.1.json').data,
        id: '019b7a3c-5e00-7000-8000-000000000001',
        tenant: 'acme',
        revision: 0,
        createdAt: '2026-01-01T00:01:00.000Z',
        updatedAt: '2026-01-01T00:01:00.000Z',
        lesson: null,
        deprecation: null,
        forgotten: false,
      },
      votes: { revision: -1, votes: [] },
    }));

  test('a reflection', () =>
    expect(fold('reflection.recorded.1.json')).toMatchObject({
      memory: { type: 'REFLECTION', lesson: golden('reflection.recorded.1.json').data.lesson },
    }));

  test.each([
    [
      'memory.revised.1.json',
      {
        content: 'The parser fails silently on a byte order mark or a NUL',
        metadata: { severity: 4 },
        expiresAt: null,
      },
    ],
    ['memory.shared.1.json', { scope: 'GLOBAL', sharedWith: { agents: [], teams: [] } }],
    [
      'memory.deprecated.1.json',
      {
        deprecation: {
          at: '2026-01-01T00:05:00.000Z',
          by: 'data-processor',
          reason: 'a better one is there',
          supersededBy: '019b7a3c-5e00-7000-8000-000000000009',
        },
      },
    ],
    ['memory.forgotten.1.json', { forgotten: true }],
  ])('%s', (file, change) => {
    const { at } = decoded(file);
    expect(fold('memory.recorded.1.json', file)).toEqual({
      ...memory,
      memory: { ...memory?.memory, ...change, revision: at.revision, updatedAt: at.recordedAt },
    });
  });

  test('memory.restored.1.json', () =>
    expect(fold('memory.recorded.1.json', 'memory.deprecated.1.json', 'memory.restored.1.json')).toMatchObject({
      memory: { deprecation: null },
    }));

  test('a vote, and its retraction', () => {
    const { data } = golden('memory.voted.1.json');
    expect(fold('memory.recorded.1.json', 'memory.voted.1.json')).toEqual({
      memory: memory?.memory,
      votes: { revision: 1, votes: [{ ...data, at: '2026-01-01T00:08:00.000Z' }] },
    });
    expect(fold('memory.recorded.1.json', 'memory.voted.1.json', 'memory.vote-retracted.1.json')?.votes.votes).toEqual(
      [],
    );
  });

  test('a claim', () => {
    const { event } = decoded('text.claimed.1.json');
    expect(event.type === 'text.claimed' && evolveClaim(null, event)).toBe('019b7a3c-5e00-7000-8000-000000000001');
  });

  test('a team', () => {
    const events = ['team.joined.1.json', 'team.left.1.json'].map((file) => decoded(file).event);
    const teams = events.map((_, index) =>
      events.slice(0, index + 1).reduce(applyTeam, { name: 'press', members: [] }),
    );
    expect(teams.map(({ members }) => members)).toEqual([['analyst', 'writer'], ['analyst']]);
  });

  test('a key', () => {
    const keys = ['key.issued.1.json', 'key.revoked.1.json'].map(decoded);
    const states = keys.map((_, index) => keys.slice(0, index + 1).reduce(applyKey, null));
    const issued = {
      ...golden('key.issued.1.json').data,
      id: '019b7a3c-5e00-7000-8000-000000000002',
      tenant: 'acme',
      createdAt: '2026-01-01T00:13:00.000Z',
      revokedAt: null,
    };
    expect(states).toEqual([issued, { ...issued, revokedAt: '2026-01-01T00:14:00.000Z' }]);
  });

  test('a session', () => {
    const session = ['session.started.1.json', 'session.progressed.1.json']
      .map(decoded)
      .reduce<ReturnType<typeof evolveSession>>(
        (state, { event, at }) => (isSessionEvent(event) ? evolveSession(state, event, at) : state),
        null,
      );
    const progressed = { by: 'qa-agent', at: '2026-01-01T00:16:00.000Z', reason: null };
    expect(session).toEqual({
      id: 'import.q1',
      tenant: 'acme',
      revision: 1,
      agent: 'data-processor',
      title: 'Import of the first quarter',
      user: 'u-17',
      namespace: 'etl',
      status: 'BLOCKED',
      total: 4,
      items: [
        { name: 'fetch', status: 'COMPLETED', ...progressed },
        { name: 'parse', status: 'IN_PROGRESS', ...progressed },
        { name: 'load', status: 'NEXT', ...progressed },
        { name: 'check', status: 'BLOCKED', ...progressed, reason: 'no schema yet' },
      ],
      summary: 'Fetched; the parser is under way',
      lastAction: 'fetch',
      startedAt: '2026-01-01T00:15:00.000Z',
      updatedAt: '2026-01-01T00:16:00.000Z',
    });
  });

  test('a feature', () => {
    const features = ['feature.declared.1.json', 'feature.updated.1.json'].map(decoded);
    const states = features.map((_, index) => features.slice(0, index + 1).reduce(applyFeature, null));
    const declared = {
      ...golden('feature.declared.1.json').data,
      tenant: 'acme',
      revision: 0,
      status: 'NOT_STARTED',
      passes: false,
      implementedBy: null,
      verifiedBy: null,
      notes: null,
      failureReason: null,
      declaredAt: '2026-01-01T00:17:00.000Z',
      updatedAt: '2026-01-01T00:17:00.000Z',
    };
    expect(states).toEqual([
      declared,
      {
        ...declared,
        revision: 1,
        status: 'COMPLETE',
        passes: true,
        implementedBy: 'data-processor',
        verifiedBy: 'qa-agent',
        notes: '412 rows',
        failureReason: 'none this time',
        updatedAt: '2026-01-01T00:18:00.000Z',
      },
    ]);
  });

  test('a run', () => {
    const runs = ['run.started.1.json', 'run.completed.1.json'].map(decoded);
    const states = runs.map((_, index) => runs.slice(0, index + 1).reduce(applyRun, null));
    const started = {
      ...golden('run.started.1.json').data,
      id: 'run-7',
      tenant: 'acme',
      revision: 0,
      status: 'RUNNING',
      evaluation: {},
      error: null,
      errorPattern: null,
      reflections: [],
      startedAt: '2026-01-01T00:19:00.000Z',
      completedAt: null,
    };
    expect(states).toEqual([
      started,
      {
        ...started,
        revision: 1,
        status: 'FAILED',
        evaluation: { rows: 0, checks: ['count'] },
        error: 'no rows',
        errorPattern: 'silent parse failure',
        reflections: ['019b7a3c-5e00-7000-8000-000000000003'],
        completedAt: '2026-01-01T00:20:00.000Z',
      },
    ]);
  });
});

function fold(...names: string[]) {
  return names.map(decoded).reduce<ReturnType<typeof evolveMemory>>((state, { event, at }) => {
    if (!isOfMemory(event)) throw new Error(`${event.type} is of no memory`);
    return evolveMemory(state, event, at);
  }, null);
}

function isOfMemory(event: DomainEvent): event is Parameters<typeof evolveMemory>[1] {
  return event.type.startsWith('memory.') || event.type === 'reflection.recorded';
}

function applyTeam(team: { name: string; members: string[] }, event: DomainEvent) {
  return event.type === 'team.joined' || event.type === 'team.left' ? evolveTeam(team, event) : team;
}

function applyKey(key: ReturnType<typeof evolveKey>, { event, at }: DecodedEvent) {
  return event.type === 'key.issued' || event.type === 'key.revoked' ? evolveKey(key, event, at) : key;
}

function applyFeature(feature: ReturnType<typeof evolveFeature>, { event, at }: DecodedEvent) {
  return isFeatureEvent(event) ? evolveFeature(feature, event, at) : feature;
}

function applyRun(run: ReturnType<typeof evolveRun>, { event, at }: DecodedEvent) {
  return isRunEvent(event) ? evolveRun(run, event, at) : run;
}
