import { afterEach, beforeEach, expect, test } from 'vitest';
import { operator, startTestApp, type TestApp, type Who } from '../support/app.ts';
import { type Subscriber, subscribe } from '../support/subscribe.ts';

let server: TestApp;
let open: Subscriber[] = [];
beforeEach(async () => {
  server = await startTestApp();
  open = [];
});
afterEach(async () => {
  for (const subscriber of open) await subscriber.leave();
  await server.close();
});

const MEMORIES = `subscription ($after: Position, $filter: MemoryFilter) { memories(after: $after, filter: $filter) {
  __typename ... on MemoryChanged { position event id memory { content version scope sources { memory { content } } } } ... on Heartbeat { position } } }`;

async function follow(who: Who, variables: object = {}): Promise<Subscriber> {
  const subscriber = await subscribe(server, who, MEMORIES, variables);
  open.push(subscriber);
  return subscriber;
}

async function command(who: Who, query: string, variables: object = {}) {
  const { data, errors } = await server.ask(who, `mutation ${query}`, variables);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

async function record(agent: string, input: object): Promise<{ id: string; position: string }> {
  const data = await command(
    agent,
    '($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } position } }',
    { input: { scope: 'GLOBAL', ...input } },
  );
  return { id: data.recordMemory.memory.id, position: data.recordMemory.position };
}

async function revise(agent: string, input: object): Promise<string> {
  const query = '($input: ReviseMemoryInput!) { reviseMemory(input: $input) { position } }';
  return (await command(agent, query, { input })).reviseMemory.position;
}

const forget = (agent: string, id: string) =>
  command(agent, '($id: ID!) { forgetMemory(id: $id) { position } }', { id });

const brief = ({ event, memory }: { event: string; memory: { content: string } | null }) =>
  `${event}: ${memory?.content ?? null}`;

test('what is recorded comes at once, with the position that the mutation answered', async () => {
  const reader = await follow('bob');
  const { id, position } = await record('ann', { content: 'hello' });
  expect(await reader.take(1)).toEqual([
    {
      __typename: 'MemoryChanged',
      position,
      event: 'memory.recorded',
      id,
      memory: { content: 'hello', version: 0, scope: 'GLOBAL', sources: [] },
    },
  ]);
});

test('without a position only what happens from now on comes', async () => {
  await record('ann', { content: 'before' });
  const reader = await follow('bob');
  await record('ann', { content: 'after' });
  expect((await reader.take(1)).map(brief)).toEqual(['memory.recorded: after']);
});

test('from a position history comes first and then what happens, in order, each once', async () => {
  const first = await record('ann', { content: 'one' });
  await revise('ann', { id: first.id, content: 'two' });
  const reader = await follow('bob', { after: first.position });
  await revise('ann', { id: first.id, content: 'three' });
  expect((await reader.take(2)).map(brief)).toEqual(['memory.revised: two', 'memory.revised: three']);
});

test('history shows each state as it was then: the same notices as were sent live', async () => {
  const { position: after } = await record('ann', { content: 'a beginning' });
  const live = await follow('bob');
  const { id } = await record('ann', { content: 'one' });
  await revise('ann', { id, content: 'two' });
  await command('bob', '($id: ID!) { vote(input: { memory: $id, value: HELPFUL }) { position } }', { id });
  await command('ann', '($id: ID!) { deprecateMemory(input: { id: $id }) { position } }', { id });
  await command('ann', '($id: ID!) { restoreMemory(input: { id: $id }) { position } }', { id });
  const notices = await live.take(5);
  expect(notices.map(brief)).toEqual([
    'memory.recorded: one',
    'memory.revised: two',
    'memory.voted: two',
    'memory.deprecated: null',
    'memory.restored: two',
  ]);
  expect(await (await follow('bob', { after })).take(5)).toEqual(notices);
});

test('what is forgotten is told of as gone to those who could see it, and to others not at all', async () => {
  const bob = await follow('bob');
  const cid = await follow('cid');
  const { id } = await record('ann', { content: 'for bob', scope: 'AGENT_SHARED', sharedWith: { agents: ['bob'] } });
  // Only who reads it while it may be read is shown it.
  expect((await bob.take(1)).map(brief)).toEqual(['memory.recorded: for bob']);
  await forget('ann', id);
  await record('ann', { content: 'for all' });
  expect((await bob.take(2)).map(brief)).toEqual(['memory.forgotten: null', 'memory.recorded: for all']);
  expect((await cid.take(1)).map(brief)).toEqual(['memory.recorded: for all']);
});

test('what is taken back from all is told of as gone; its owner goes on seeing it', async () => {
  const [ann, bob] = [await follow('ann'), await follow('bob')];
  const { id } = await record('ann', { content: 'a plan' });
  expect((await bob.take(1)).map(brief)).toEqual(['memory.recorded: a plan']);
  await revise('ann', { id, scope: 'AGENT_PRIVATE' });
  await revise('ann', { id, content: 'a secret plan' });
  await record('ann', { content: 'the end' });
  expect((await bob.take(2)).map(brief)).toEqual(['memory.shared: null', 'memory.recorded: the end']);
  expect((await ann.take(4)).map(brief)).toEqual([
    'memory.recorded: a plan',
    'memory.shared: a plan',
    'memory.revised: a secret plan',
    'memory.recorded: the end',
  ]);
});

test('history shows nothing of what its reader may not read any more', async () => {
  const { position: after } = await record('ann', { content: 'a beginning' });
  const { id } = await record('ann', { content: 'open for a while' });
  await revise('ann', { id, scope: 'AGENT_PRIVATE' });
  await record('ann', { content: 'the end' });
  const notices = await (await follow('bob', { after })).take(2);
  expect(notices.map(brief)).toEqual(['memory.shared: null', 'memory.recorded: the end']);
});

test('a filter selects by the state after the event; what leaves it is told of as gone', async () => {
  const reader = await follow('bob', { filter: { metadata: [{ key: 'status', eq: 'open' }] } });
  const { id } = await record('ann', { content: 'a ticket', metadata: { status: 'open' } });
  await record('ann', { content: 'no ticket' });
  await revise('ann', { id, metadata: { status: 'closed' } });
  await revise('ann', { id, content: 'a closed ticket' });
  await revise('ann', { id, metadata: { status: 'open' } });
  expect((await reader.take(3)).map(brief)).toEqual([
    'memory.recorded: a ticket',
    'memory.revised: null',
    'memory.revised: a closed ticket',
  ]);
});

test('deprecated memories come when they are asked for', async () => {
  const reader = await follow('bob', { filter: { includeDeprecated: true } });
  const { id } = await record('ann', { content: 'an old way' });
  await command('ann', '($id: ID!) { deprecateMemory(input: { id: $id }) { position } }', { id });
  expect((await reader.take(2)).map(brief)).toEqual(['memory.recorded: an old way', 'memory.deprecated: an old way']);
});

test('what a memory leads on to is there at once, however far the views are', async () => {
  const { id } = await record('ann', { content: 'a source' });
  const reader = await follow('bob');
  await command('ann', '($input: [RecordMemoryInput!]!) { recordMemories(input: $input) { position } }', {
    input: [{ content: 'from it', scope: 'GLOBAL', sources: [{ memory: id }] }],
  });
  const [notice] = await reader.take(1);
  expect(notice.memory.sources).toEqual([{ memory: { content: 'a source' } }]);
});

test('an agent that leaves a team is shown no more of what the team shares, and one that joins is', async () => {
  const team = (verb: 'addToTeam' | 'removeFromTeam') =>
    command(operator, `{ ${verb}(team: "editors", agents: ["ann", "bob"]) { position } }`);
  await team('addToTeam');
  const reader = await follow('bob');
  const { id } = await record('ann', { content: 'one', scope: 'AGENT_SHARED' });
  expect((await reader.take(1)).map(brief)).toEqual(['memory.recorded: one']);
  await team('removeFromTeam');
  await revise('ann', { id, content: 'two' });
  await record('ann', { content: 'for all' });
  expect((await reader.take(1)).map(brief)).toEqual(['memory.recorded: for all']);
  await team('addToTeam');
  await revise('ann', { id, content: 'three' });
  expect((await reader.take(1)).map(brief)).toEqual(['memory.revised: three']);
});

test('the administrator reads no memories, and so follows none', async () => {
  const { errors } = (await (await subscribe(server, { key: server.settings.adminKey ?? '' }, MEMORIES)).next()) ?? {};
  expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
});
