// The projections of nouns whose document is what their stream folds to.
import { expect, test } from 'vitest';
import { projectPage } from '../../projections/project-page.ts';
import type { JsonObject, RecordedEvent } from '../../src/domain/event.ts';
import { type Category, streamName } from '../../src/domain/streams.ts';
import { decode } from '../../src/events/codec.ts';
import type { DomainEvent } from '../../src/events/formats.ts';
import type { Change } from '../../src/views/view-store.ts';
import { anEvent, at, minute, TENANT } from '../support/fixtures.ts';

const started: DomainEvent = {
  type: 'session.started',
  data: { agent: 'ann', title: null, user: null, namespace: 'default', total: null, items: ['parse'] },
};
const progressed: DomainEvent = {
  type: 'session.progressed',
  data: { next: [], inProgress: [], blocked: [], completed: ['parse'], removed: [] },
};
const declared: DomainEvent = {
  type: 'feature.declared',
  data: { id: 'csv', namespace: 'x', description: 'Imports', category: null, session: null, testSteps: [] },
};

let last = 0;
const recorded = (category: Category, id: string, revision: number, event: DomainEvent): RecordedEvent => ({
  ...anEvent({ type: event.type, data: event.data as JsonObject }, { recordedAt: minute(revision) }),
  stream: streamName(category, TENANT, id),
  revision,
  position: at(++last),
});

/** What a page of events changes in documents that earlier pages made. */
async function changesOf(events: RecordedEvent[], before: readonly Change[] = []): Promise<Change[]> {
  const decoded = events.map(decode).filter((event) => event !== null);
  return projectPage(decoded, async (keys) =>
    keys.map(({ kind, id }) => before.findLast((change) => change.kind === kind && change.id === id)?.document),
  );
}

test('a session is what its events fold to, over pages and within one', async () => {
  const [first, second] = [recorded('session', 's1', 0, started), recorded('session', 's1', 1, progressed)];
  const done = { kind: 'session', tenant: TENANT, id: 's1', position: second.position };
  const document = { revision: 1, items: [{ name: 'parse', status: 'COMPLETED', by: 'ann', at: minute(1) }] };
  expect((await changesOf([first, second])).at(-1)).toMatchObject({ ...done, document });
  expect(await changesOf([second], await changesOf([first]))).toMatchObject([{ ...done, document }]);
});

test('events that a document has already give nothing', async () => {
  const [first, second] = [recorded('session', 's1', 0, started), recorded('session', 's1', 1, progressed)];
  const before = await changesOf([first, second]);
  expect(await changesOf([second], before)).toEqual([]);
});

test('a stream that begins in a page is read without asking for what was there, which gives the same once more', async () => {
  const [first, second] = [recorded('session', 's1', 0, started), recorded('session', 's1', 1, progressed)];
  const before = await changesOf([first, second]);
  expect(await changesOf([first, second], before)).toEqual(before);
});

test('a change of what never began gives nothing', async () => {
  expect(await changesOf([recorded('session', 's1', 3, progressed)])).toEqual([]);
});

test("a feature's document has the id of its stream", async () => {
  const changes = await changesOf([recorded('feature', 'x:csv', 0, declared)]);
  expect(changes).toMatchObject([{ kind: 'feature', id: 'x:csv', document: { id: 'csv', namespace: 'x' } }]);
});

test('teams, keys, texts and receipts make no documents', async () => {
  const joined: DomainEvent = { type: 'team.joined', data: { agents: ['ann'] } };
  expect(await changesOf([recorded('team', 'red', 0, joined)])).toEqual([]);
});
