// Records: sessions, features, runs and handoffs in lists, and scans of every kind of document.
import { expect, test } from 'vitest';
import type { Change, RecordAttributes, RecordKind, ScanQuery } from '../../../src/views/view-store.ts';
import { aMemory, minute, NOW, operator, putMemory, someVotes, TENANT } from '../../support/fixtures.ts';
import { aFeature, aHandoff, aRun, aSession, putRecord } from '../../support/records.ts';
import { type Harness, nextPosition } from './harness.ts';

export function recordTests({ views, apply, put, vote, reopen, durable }: Harness): void {
  const list = (kind: RecordKind, options: { where?: RecordAttributes; now?: string; tenant?: string } = {}) =>
    views().records({ kind, tenant: TENANT, now: NOW, first: 100, ...options });
  const found = async (kind: RecordKind, where: RecordAttributes = {}, now = NOW) =>
    (await list(kind, { where, now })).rows.map(({ document }) => document.id);

  test('a record is given back as it was last put, of its own kind and tenant', async () => {
    const session = aSession('s1', { title: 'Import', items: [] });
    const later = { ...session, revision: 1, status: 'COMPLETED' as const, summary: 'Done' };
    await apply([
      putRecord('session', nextPosition(), session),
      putRecord('run', nextPosition(), aRun('s1')),
      putRecord('session', nextPosition(), aSession('s1', { tenant: 'other' })),
      putRecord('session', nextPosition(), later),
    ]);
    expect(await list('session')).toMatchObject({ rows: [{ document: later }], hasNextPage: false, total: 1 });
    const keys = [
      { kind: 'run' as const, tenant: TENANT, id: 's1' },
      { kind: 'session' as const, tenant: TENANT, id: 's1' },
      { kind: 'feature' as const, tenant: TENANT, id: 's1' },
    ];
    expect(await views().load(keys)).toEqual([aRun('s1'), later, undefined]);
    if (durable()) await reopen();
    expect((await list('session')).rows.map(({ document }) => document)).toEqual([later]);
  });

  test('a change that is not newer than its record is skipped', async () => {
    const [older, newer] = [nextPosition(), nextPosition()];
    await views().apply([putRecord('session', newer, aSession('s1', { title: 'Newer' }))], newer);
    await views().apply([putRecord('session', older, aSession('s1', { title: 'Older' }))], newer);
    expect((await list('session')).rows).toMatchObject([{ document: { title: 'Newer' } }]);
  });

  test('the newest come first, page by page, each once; a cursor that is none is refused', async () => {
    const sessions = Array.from({ length: 9 }, (_, n) =>
      aSession(`s${n}`, { startedAt: minute(Math.floor(n / 2)), updatedAt: minute(99 - n) }),
    );
    await apply(sessions.map((session) => putRecord('session', nextPosition(), session)));
    const ids: string[] = [];
    let after: string | undefined;
    for (let more = true; more; ) {
      const page = await views().records({
        kind: 'session',
        tenant: TENANT,
        now: NOW,
        first: 4,
        ...(after && { after }),
      });
      expect(page.total).toBe(9);
      ids.push(...page.rows.map(({ document }) => document.id));
      after = page.rows.at(-1)?.cursor;
      more = page.hasNextPage;
    }
    expect(ids).toEqual(sessions.map(({ id }) => id).reverse());
    const bad = views().records({ kind: 'session', tenant: TENANT, now: NOW, first: 4, after: 'x' });
    await expect(bad).rejects.toMatchObject({ code: 'INVALID_INPUT', details: { field: 'after' } });
  });

  test('sessions and runs are found by agent, status and namespace, together and alone', async () => {
    await apply([
      putRecord('session', nextPosition(), aSession('a', { startedAt: minute(1) })),
      putRecord('session', nextPosition(), aSession('b', { agent: 'bob', startedAt: minute(2) })),
      putRecord(
        'session',
        nextPosition(),
        aSession('c', { status: 'COMPLETED', startedAt: minute(3), namespace: 'x' }),
      ),
      putRecord('run', nextPosition(), aRun('r', { agent: 'bob', status: 'FAILED' })),
    ]);
    expect(await found('session')).toEqual(['c', 'b', 'a']);
    expect(await found('session', { agent: 'ann' })).toEqual(['c', 'a']);
    expect(await found('session', { agent: 'ann', status: 'IN_PROGRESS' })).toEqual(['a']);
    expect(await found('session', { namespace: 'x' })).toEqual(['c']);
    expect(await found('session', { status: 'COMPLETED', namespace: 'default' })).toEqual([]);
    expect(await found('run', { agent: 'bob', status: 'FAILED' })).toEqual(['r']);
  });

  test('features are found by namespace, session and status, the last changed first', async () => {
    await apply([
      putRecord('feature', nextPosition(), aFeature('a', { session: 's1', updatedAt: minute(5) })),
      putRecord('feature', nextPosition(), aFeature('b', { status: 'TESTING' })),
      putRecord('feature', nextPosition(), aFeature('a', { namespace: 'other' })),
    ]);
    expect(await found('feature', { namespace: 'default' })).toEqual(['a', 'b']);
    expect(await found('feature', { session: 's1' })).toEqual(['a']);
    expect(await found('feature', { namespace: 'default', status: 'TESTING' })).toEqual(['b']);
  });

  test('handoffs are found by any of those whom they concern, as they concern them last', async () => {
    const team = aHandoff('team', { from: 'cid', to: { agent: null, team: 'red' }, offeredAt: minute(2) });
    await apply([
      putRecord('handoff', nextPosition(), aHandoff('agent', { offeredAt: minute(1) })),
      putRecord('handoff', nextPosition(), team),
    ]);
    expect(await found('handoff', { participants: ['agent:ann'] })).toEqual(['agent']);
    expect(await found('handoff', { participants: ['agent:bob', 'team:red'] })).toEqual(['team', 'agent']);
    expect(await found('handoff', { participants: ['agent:dan'] })).toEqual([]);
    expect(await found('handoff', { participants: [] })).toEqual([]);
    expect(await found('handoff', { participants: ['agent:red', 'team:bob'] })).toEqual([]);
    await apply([
      putRecord('handoff', nextPosition(), { ...team, revision: 1, status: 'ACCEPTED', acceptedBy: 'dan' }),
    ]);
    expect(await found('handoff', { participants: ['agent:dan', 'team:red'] })).toEqual(['team']);
    expect(await found('handoff', { participants: ['agent:dan'], status: 'ACCEPTED' })).toEqual(['team']);
  });

  test('an offer is EXPIRED from its time on, and what was answered before never', async () => {
    const expiresAt = minute(10);
    await apply([
      putRecord('handoff', nextPosition(), aHandoff('open', { expiresAt })),
      putRecord('handoff', nextPosition(), aHandoff('taken', { expiresAt, status: 'ACCEPTED', acceptedBy: 'bob' })),
    ]);
    expect(await found('handoff', { status: 'OFFERED' }, minute(9.9))).toEqual(['open']);
    expect(await found('handoff', { status: 'EXPIRED' }, minute(9.9))).toEqual([]);
    expect(await found('handoff', { status: 'OFFERED' }, expiresAt)).toEqual([]);
    expect(await found('handoff', { status: 'EXPIRED' }, expiresAt)).toEqual(['open']);
    expect(await found('handoff', { status: 'ACCEPTED' }, expiresAt)).toEqual(['taken']);
  });

  test('a scan gives every document of a kind once, by id, and what it is as of', async () => {
    const changes: Change[] = ['m3', 'm1', 'm2'].map((id) => putMemory(nextPosition(), aMemory(id)));
    const feature = putRecord('feature', nextPosition(), aFeature('f', { namespace: 'x' }));
    await apply([...changes, putMemory(nextPosition(), aMemory('m0', { tenant: 'other' })), feature]);
    await vote('m2', someVotes(1));
    const scan = async (query: Partial<ScanQuery> & Pick<ScanQuery, 'kind'>) => {
      const { rows, position } = await views().scan({ tenant: TENANT, after: null, limit: 10, ...query });
      expect(position).toBe(await views().checkpoint());
      return rows;
    };
    expect((await scan({ kind: 'memory' })).map(({ document }) => document)).toEqual(
      ['m1', 'm2', 'm3'].map((id) => aMemory(id)),
    );
    expect((await scan({ kind: 'memory', limit: 2 })).map(({ id }) => id)).toEqual(['m1', 'm2']);
    expect((await scan({ kind: 'memory', after: 'm1' })).map(({ id }) => id)).toEqual(['m2', 'm3']);
    expect(await scan({ kind: 'votes' })).toEqual([{ id: 'm2', document: someVotes(1) }]);
    expect((await scan({ kind: 'feature' })).map(({ id }) => id)).toEqual(['x:f']);
    expect(await scan({ kind: 'session' })).toEqual([]);
  });

  test('a scan tells of a forgotten memory at least that it was', async () => {
    await put(aMemory('m1'));
    await put(aMemory('m1', { revision: 2, forgotten: true }));
    const { rows } = await views().scan({ kind: 'memory', tenant: TENANT, after: null, limit: 10 });
    expect(rows).toMatchObject([{ id: 'm1', document: { id: 'm1', revision: 2, forgotten: true } }]);
    expect((await views().list({ reader: operator, now: NOW, first: 1 })).total).toBe(0);
  });
}
