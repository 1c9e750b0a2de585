// Every fault of EventStoreDB's stand-in while agents write and others follow: nothing acknowledged is lost, nothing is
// there twice, and whoever follows has no gap and no duplicate.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordedEvent } from '../../src/domain/event.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { openEventStoreLog } from '../../src/log/eventstoredb/eventstoredb-log.ts';
import { operator, startTestApp, type TestApp } from '../support/app.ts';
import { type EventStore, startEventStore } from '../support/eventstore/event-store.ts';
import type { Rule } from '../support/eventstore/faults.ts';
import { type Notice, subscribe } from '../support/subscribe.ts';

let store: EventStore;
let server: TestApp;
/** Those who follow, until the test is over. */
let following: Promise<void>[];
let over: AbortController;

beforeEach(async () => {
  following = [];
  over = new AbortController();
  store = await startEventStore({ statisticsEvery: 5, saysPositionOfRepeated: false });
  server = await startTestApp({ log: await open() });
});
afterEach(async () => {
  store.faults.clear();
  over.abort();
  await Promise.all(following);
  await server.close();
  await store.stop();
});

const open = () => openEventStoreLog({ url: store.url, callTimeout: 250, patience: 2_000, batchTimeout: 1_000 });

const RECORD = 'mutation ($input: RecordMemoryInput!) { recordMemory(input: $input) { memory { id } } }';
const RECORD_MANY =
  'mutation ($input: [RecordMemoryInput!]!, $command: ID) { recordMemories(commandId: $command, input: $input) { memories { id } } }';
const REVISE = 'mutation ($input: ReviseMemoryInput!) { reviseMemory(input: $input) { memory { id version } } }';
const VOTE = 'mutation ($input: VoteInput!) { vote(input: $input) { position } }';
const FOLLOW =
  'subscription ($after: Position) { memories(after: $after) { __typename ... on MemoryChanged { position event id } ... on Heartbeat { position } } }';

/** Asks until it is acknowledged, as a client does that gives its command an id. */
async function insist(agent: string, query: string, variables: object) {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const { data, errors } = await server.ask(agent, query, variables);
    if (errors === undefined) return data;
    if (errors[0]?.extensions.code !== 'UNAVAILABLE') throw new Error(JSON.stringify(errors));
  }
  throw new Error('never acknowledged');
}

/** How many events each command makes. */
type Done = Map<string, number>;

async function work(agent: string, rounds: number, shared: string, done: Done): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const name = (what: string) => `${agent}-${round}-${what}`;
    const content = `${name('note')} about the harbour`;
    const { recordMemory } = await insist(agent, RECORD, {
      input: { content, dedupe: round % 2 === 0, scope: 'GLOBAL', commandId: name('record') },
    });
    done.set(name('record'), 1);
    const { id } = recordMemory.memory;
    const revision = { id, content: `${content}, revised`, commandId: name('revise') };
    await insist(agent, REVISE, { input: revision });
    done.set(name('revise'), 1);
    await insist(agent, VOTE, {
      input: { memory: shared, value: 'HELPFUL', task: name('task'), commandId: name('vote') },
    });
    done.set(name('vote'), 1);
    const many = ['a', 'b', 'c'].map((part) => ({ content: name(part), scope: 'GLOBAL' }));
    await insist(agent, RECORD_MANY, { input: many, command: name('many') });
    done.set(name('many'), 3);
  }
}

/** Follows from a position, and takes it up again after the last notice whenever it breaks, until the test is over. */
function follow(after: string): Notice[] {
  const notices: Notice[] = [];
  const { signal } = over;
  const done = (async () => {
    while (!signal.aborted) {
      const subscriber = await subscribe(server, operator, FOLLOW, { after: notices.at(-1)?.position ?? after });
      const leave = () => void subscriber.leave();
      signal.addEventListener('abort', leave);
      try {
        while (!signal.aborted) notices.push(...(await subscriber.take(1)));
      } catch {
        // Taken up again, as a client does that waits a little.
        await sleep(20);
      } finally {
        signal.removeEventListener('abort', leave);
        await subscriber.leave();
      }
    }
  })();
  following.push(done);
  return notices;
}

async function memoryEvents(log: EventLog): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (let after: string | null = null; ; ) {
    const page = await log.read({ after, limit: 100, categories: ['memory'], tenant: 'acme' });
    events.push(...page.events);
    after = page.position;
    if (page.end) return events;
  }
}

const everyCall = ['append', 'read', 'subscribe', 'delete'] as const;
const faults: [string, Rule[], boolean][] = [
  ['calls are refused', [{ on: everyCall, fault: { kind: 'refuse' }, every: 7 }], false],
  ['appends are taken and never answered', [{ on: ['append'], fault: { kind: 'stall' }, every: 29 }], false],
  ['reads are taken and never answered', [{ on: ['read', 'subscribe'], fault: { kind: 'stall' }, every: 47 }], false],
  ['answers are late', [{ on: everyCall, fault: { kind: 'late', milliseconds: 60 }, every: 3 }], false],
  [
    'answers come after nobody waits',
    [{ on: ['append'], fault: { kind: 'late', milliseconds: 400 }, every: 47 }],
    false,
  ],
  ['acknowledgements are lost', [{ on: ['append'], fault: { kind: 'lose', by: 'silence' }, every: 19 }], false],
  ['acknowledgements break off', [{ on: ['append'], fault: { kind: 'lose', by: 'break' }, every: 19 }], false],
  ['streams drop', [{ on: ['read', 'subscribe'], fault: { kind: 'drop', after: 3 }, every: 3 }], false],
  // A restart makes those who follow begin again, and meet it.
  ['events come twice', [{ on: ['subscribe'], fault: { kind: 'twice' } }], true],
  ['the server is restarted again and again', [], true],
  [
    'all at once',
    [
      { on: everyCall, fault: { kind: 'refuse' }, every: 47 },
      { on: everyCall, fault: { kind: 'late', milliseconds: 30 }, every: 11 },
      { on: ['append'], fault: { kind: 'lose', by: 'break' }, every: 53 },
      { on: ['append'], fault: { kind: 'stall' }, every: 41 },
      { on: ['read', 'subscribe'], fault: { kind: 'drop', after: 2 }, every: 11 },
      { on: ['subscribe'], fault: { kind: 'twice' }, every: 2 },
    ],
    true,
  ],
];

test.each(faults)(
  '%s',
  async (_, rules, restarts) => {
    const { recordMemory } = await insist('ann', RECORD, { input: { content: 'for all', scope: 'GLOBAL' } });
    const start = await server.log.head();
    const early = follow(start);
    const active = rules.map((rule) => store.faults.add(rule));

    const done: Done = new Map();
    let working = true;
    const agents = ['ann', 'bob', 'cid'].map((agent) => work(agent, 4, recordMemory.memory.id, done));
    const all = Promise.all(agents).finally(() => {
      working = false;
    });
    const restarting = (async () => {
      while (restarts && working) {
        const acknowledged = done.size;
        await expect.poll(() => done.size > acknowledged + 4 || !working).toBe(true);
        await store.restart();
      }
    })();
    await all;
    await restarting;
    store.faults.clear();
    expect(active.map((rule) => rule.met())).not.toContain(0);

    // Another server of Annals, which saw none of it.
    const other = await open();
    const events = await memoryEvents(other);
    expect(await memoryEvents(server.log)).toEqual(events);
    const made = new Map<string, number>();
    for (const { metadata } of events) {
      const command = String(metadata.commandId ?? '');
      made.set(command, (made.get(command) ?? 0) + 1);
    }
    made.delete('');
    expect(made).toEqual(done);

    const since = events.filter(({ position }) => position > start).map(({ position }) => position);
    const late = follow(start);
    for (const notices of [early, late]) {
      await expect.poll(() => notices.length).toBeGreaterThanOrEqual(since.length);
      expect(notices.map(({ position }) => position)).toEqual(since);
    }
    await server.settled();
    const { data } = await server.ask(operator, '{ memories(first: 1) { totalCount } verify { matches } }');
    expect(data.verify.matches).toBe(true);
    expect(data.memories.totalCount).toBe(new Set(events.map(({ stream }) => stream)).size);
    await other.close();
  },
  60_000,
);
