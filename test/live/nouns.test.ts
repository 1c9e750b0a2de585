// Sessions, handoffs and events as they happen.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { operator, startTestApp, type TestApp, type Who } from '../support/app.ts';
import { type Subscriber, subscribe } from '../support/subscribe.ts';

let server: TestApp;
let open: Subscriber[] = [];
beforeEach(async () => {
  server = await startTestApp();
});
afterEach(async () => {
  for (const subscriber of open) await subscriber.leave();
  open = [];
  await server.close();
});

async function follow(who: Who, query: string, variables: object = {}): Promise<Subscriber> {
  const subscriber = await subscribe(server, who, query, variables);
  open.push(subscriber);
  return subscriber;
}

async function command(who: Who, query: string, variables: object = {}) {
  const { data, errors } = await server.ask(who, `mutation ${query}`, variables);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

test('a session is followed by its id, and one that is not there yet is waited for', async () => {
  const reader = await follow(
    'bob',
    'subscription { session(id: "launch") { __typename ... on SessionChanged { event session { version completed next } } } }',
  );
  await command('ann', '{ startSession(input: { id: "other" }) { position } }');
  await command('ann', '{ startSession(input: { id: "launch", items: ["plan", "build"] }) { position } }');
  await command('bob', '{ progressSession(input: { id: "launch", completed: ["plan"] }) { position } }');
  expect((await reader.take(2)).map(({ event, session }) => ({ event, ...session }))).toEqual([
    { event: 'session.started', version: 0, completed: [], next: ['plan', 'build'] },
    { event: 'session.progressed', version: 1, completed: ['plan'], next: ['build'] },
  ]);
});

const HANDOFFS = `subscription ($after: Position, $statuses: [HandoffStatus!]) { handoffs(after: $after, statuses: $statuses) {
  __typename ... on HandoffChanged { position event handoff { id status task withheld memories { content } } } } }`;

test('a handoff comes to whom it concerns, with the memories that its reader may read, and to nobody else', async () => {
  const { recordMemories } = await command(
    'ann',
    '{ recordMemories(input: [{ content: "open", scope: GLOBAL }, { content: "kept back" }]) { memories { id } position } }',
  );
  const memories = recordMemories.memories.map(({ id }: { id: string }) => id);
  const [ann, bob, cid] = [await follow('ann', HANDOFFS), await follow('bob', HANDOFFS), await follow('cid', HANDOFFS)];
  const offer = '($input: OfferHandoffInput!) { offerHandoff(input: $input) { handoff { id } } }';
  const { offerHandoff } = await command('ann', offer, { input: { to: { agent: 'bob' }, task: 'write it', memories } });
  await command('bob', '($id: ID!) { acceptHandoff(input: { id: $id }) { position } }', {
    id: offerHandoff.handoff.id,
  });
  await command('ann', offer, { input: { to: { agent: 'cid' }, task: 'read it' } });

  expect((await bob.take(2)).map(({ event, handoff }) => [event, handoff.status, handoff.withheld.length])).toEqual([
    ['handoff.offered', 'OFFERED', 0],
    ['handoff.accepted', 'ACCEPTED', 0],
  ]);
  const [offered] = await ann.take(1);
  expect(offered.handoff).toMatchObject({
    withheld: [memories[1]],
    memories: [{ content: 'open' }, { content: 'kept back' }],
  });
  expect((await cid.take(1)).map(({ handoff }) => handoff.task)).toEqual(['read it']);
  const after = recordMemories.position;
  const [accepted] = await (await follow('bob', HANDOFFS, { after, statuses: ['ACCEPTED'] })).take(1);
  expect(accepted.handoff.memories).toEqual([{ content: 'open' }]);
});

test('while an offer to a team is open, who leaves the team hears no more of it, and who joins does', async () => {
  await command(operator, '{ addToTeam(team: "editors", agents: ["bob"]) { position } }');
  const { position } = (await command('ann', '{ recordMemory(input: { content: "x" }) { position } }')).recordMemory;
  const offer = '($input: OfferHandoffInput!) { offerHandoff(input: $input) { handoff { id } } }';
  const { offerHandoff } = await command('ann', offer, { input: { to: { team: 'editors' }, task: 'edit it' } });
  const bob = await follow('bob', HANDOFFS, { after: position });
  await bob.take(1);
  await command(operator, '{ removeFromTeam(team: "editors", agents: ["bob"]) { position } }');
  await command(operator, '{ addToTeam(team: "editors", agents: ["cid"]) { position } }');
  const { id } = offerHandoff.handoff;
  await command('cid', '($id: ID!) { acceptHandoff(input: { id: $id }) { position } }', { id });
  await command('ann', offer, { input: { to: { agent: 'bob' }, task: 'another' } });
  expect((await bob.take(1)).map(({ handoff }) => handoff.task)).toEqual(['another']);
  const cid = await follow('cid', HANDOFFS, { after: position });
  expect((await cid.take(2)).map(({ event }) => event)).toEqual(['handoff.offered', 'handoff.accepted']);
});

const EVENTS = `subscription ($types: [String!]) { events(types: $types) {
  __typename ... on EventAppended { event { type by data } } } }`;

test('an agent follows the events of what it may read, the operator all, without the hash of a key', async () => {
  const [bob, all] = [
    await follow('bob', EVENTS),
    await follow(operator, EVENTS, { types: ['key.issued', 'memory.recorded'] }),
  ];
  await server.issueKey({ role: 'AGENT', agent: 'bob' });
  await command('ann', '{ recordMemory(input: { content: "mine" }) { position } }');
  await command('ann', '{ recordMemory(input: { content: "for all", scope: GLOBAL }) { position } }');
  expect((await bob.take(1)).map(({ event }) => event.data.content)).toEqual(['for all']);
  const events = (await all.take(3)).map(({ event }) => event);
  expect(events.map(({ type }) => type)).toEqual(['key.issued', 'memory.recorded', 'memory.recorded']);
  expect(events[0].data).not.toHaveProperty('hash');
});

test('a subscription that asks for too much is refused when it begins', async () => {
  const field = 'session { history { data } } memories { history { data } }';
  const aliases = Array.from({ length: 12 }, (_, index) => `m${index}: memories { history { data } }`).join(' ');
  const query = `subscription { handoffs { ... on HandoffChanged { handoff { ${field} ${aliases} } } } }`;
  const answer = await (await follow('bob', query)).next();
  expect(answer?.errors?.[0]?.extensions.code).toBe('TOO_COMPLEX');
});

test('a subscription over plain JSON is told what it needs', async () => {
  const { errors } = await server.ask('bob', EVENTS);
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'accept' });
});
