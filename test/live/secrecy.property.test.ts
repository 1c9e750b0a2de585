// Whatever happens, and however readers and writers take turns: no notice shows what its reader may not read, and what
// comes from history is what came live, less what may not be read any more.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Caller } from '../../src/access/caller.ts';
import { openDirectory } from '../../src/access/directory.ts';
import type { Memory, MemoryEvent } from '../../src/domain/memory.ts';
import { evolve, type MemoryView } from '../../src/domain/memory-view.ts';
import { streamName } from '../../src/domain/streams.ts';
import { canRead, type Reader } from '../../src/domain/visibility.ts';
import { decode } from '../../src/events/codec.ts';
import type { Cursor } from '../../src/live/cursor.ts';
import type { EventAppended } from '../../src/live/events.ts';
import { openLive } from '../../src/live/live.ts';
import type { MemoryChanged } from '../../src/live/memories.ts';
import { memoryFold } from '../../src/queries/recorded-memories.ts';
import { anEvent, aRecording, memoryStream, NOW, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';

const AGENTS = ['ann', 'bob', 'cid'];
const TEAMS = ['red', 'blue'];

type Shared = Pick<Memory, 'scope' | 'sharedWith'>;

const acl: fc.Arbitrary<Shared> = fc.oneof(
  fc.constant<Shared>({ scope: 'GLOBAL', sharedWith: { agents: [], teams: [] } }),
  fc.constant<Shared>({ scope: 'AGENT_PRIVATE', sharedWith: { agents: [], teams: [] } }),
  fc.record({
    scope: fc.constant<Shared['scope']>('AGENT_SHARED'),
    sharedWith: fc.record({ agents: fc.subarray(AGENTS), teams: fc.subarray(TEAMS) }),
  }),
);
const memory = fc.integer({ min: 0, max: 3 });
const agent = fc.constantFrom(...AGENTS);

type MemoryStep =
  | { do: 'record'; memory: number; agent: string; acl: Shared }
  | { do: 'share'; memory: number; acl: Shared }
  | { do: 'revise' | 'forget'; memory: number };
type Change = MemoryStep | { do: 'join' | 'leave'; agent: string; team: string };
type Step = Change | { do: 'read'; agent: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('record' as const), memory, agent, acl }),
  fc.record({ do: fc.constant('share' as const), memory, acl }),
  fc.record({ do: fc.constantFrom('revise' as const, 'forget' as const), memory }),
  fc.record({ do: fc.constantFrom('join' as const, 'leave' as const), agent, team: fc.constantFrom(...TEAMS) }),
  fc.record({ do: fc.constant('read' as const), agent }),
);

async function openWorld() {
  const log = openMemoryLog();
  const directory = await openDirectory(log);
  const rings = new Set<() => void>();
  const renew = async (caller: Caller) => {
    await directory.refresh();
    return { caller: { ...caller, reader: directory.readerOf(TENANT, caller.agent) }, expiresAt: null };
  };
  const alarm = (_: number, ring: () => void) => {
    rings.add(ring);
    return () => rings.delete(ring);
  };
  const feed = openLive({ log, renew, clock: () => new Date(NOW), heartbeatSeconds: 15, alarm });
  const liveOf = (agent: string) =>
    feed.of({
      role: 'AGENT',
      tenant: TENANT,
      agent,
      keyId: 'key',
      correlationId: 'test',
      reader: directory.readerOf(TENANT, agent),
    });
  const readerOf = async (agent: string): Promise<Reader> => {
    await directory.refresh();
    return directory.readerOf(TENANT, agent);
  };

  /** All that is there for it now: up to a heartbeat, which is due as soon as there is nothing else. */
  async function drain<Notice>(cursor: Cursor<Notice>): Promise<Notice[]> {
    const head = await log.head();
    const notices: Notice[] = [];
    for (;;) {
      const next = cursor.next();
      let came = false;
      void next.then(() => {
        came = true;
      });
      for (let turn = 0; !came; turn++) {
        await new Promise(setImmediate);
        if (turn > 2) for (const ring of rings) ring();
      }
      const { value } = await next;
      if (value === undefined) throw new Error('a cursor ended by itself');
      const { notice } = value;
      if (!isHeartbeat(notice)) notices.push(notice as Notice);
      else if (notice.position >= head) return notices;
    }
  }

  async function viewsOf(stream: string): Promise<{ position: string; view: MemoryView | null }[]> {
    let view: MemoryView | null = null;
    return (await log.readStream(stream)).map((recorded) => {
      const decoded = decode(recorded);
      if (decoded !== null && memoryFold.isOwn(decoded.event)) view = evolve(view, decoded.event, decoded.at);
      return { position: recorded.position, view };
    });
  }

  async function act(one: Change, count: number): Promise<void> {
    const put = (stream: string, event: Parameters<typeof anEvent>[0]) =>
      log.append([{ stream, expected: 'any', events: [anEvent(event, { recordedAt: NOW })] }]);
    if ('team' in one) {
      const type = one.do === 'join' ? 'team.joined' : 'team.left';
      await put(streamName('team', TENANT, one.team), { type, data: { agents: [one.agent] } });
      return;
    }
    const stream = memoryStream(`memory-${one.memory}`);
    const present = (await viewsOf(stream)).at(-1)?.view?.memory;
    const event = eventOf(one, present, `text ${count}`);
    if (event !== null) await put(stream, event);
  }

  return { log, liveOf, readerOf, drain, viewsOf, act };
}

const isHeartbeat = (notice: unknown): notice is { kind: 'heartbeat'; position: string } =>
  typeof notice === 'object' && notice !== null && 'kind' in notice && notice.kind === 'heartbeat';

function eventOf(one: MemoryStep, present: Memory | undefined, content: string): MemoryEvent | null {
  if (one.do === 'record')
    return present === undefined
      ? { type: 'memory.recorded', data: aRecording({ agent: one.agent, content, ...one.acl }) }
      : null;
  if (present === undefined || present.forgotten) return null;
  if (one.do === 'revise') return { type: 'memory.revised', data: { content } };
  return one.do === 'share'
    ? { type: 'memory.shared', data: one.acl }
    : { type: 'memory.forgotten', data: { reason: null } };
}

type World = Awaited<ReturnType<typeof openWorld>>;

/** Of a memory's state after an event: what its reader, with the rights of now, may be shown. */
async function mayShow(world: World, reader: Reader, id: string, position: string): Promise<MemoryView | null> {
  const views = await world.viewsOf(memoryStream(id));
  const then = views.find((one) => one.position === position)?.view ?? null;
  const present = views.at(-1)?.view ?? null;
  const readable = (view: MemoryView | null) => view !== null && !view.memory.forgotten && canRead(reader, view.memory);
  return readable(then) && readable(present) ? then : null;
}

async function check(world: World, agent: string, notices: MemoryChanged[], events: EventAppended[]): Promise<void> {
  const reader = await world.readerOf(agent);
  for (const { id, position, memory: shown } of notices)
    if (shown !== null) expect(shown).toEqual(await mayShow(world, reader, id, position));
  for (const { position, event } of events)
    expect(await mayShow(world, reader, event.stream.slice(event.stream.indexOf('+') + 1), position)).not.toBeNull();
}

test('no notice shows what its reader may not read, and history tells the same as what was told live', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const world = await openWorld();
      const { start } = world.log;
      const all = { filter: {}, includeDeprecated: false };
      const cursors = new Map(
        await Promise.all(
          AGENTS.map(async (agent) => {
            const live = world.liveOf(agent);
            return [
              agent,
              { memories: await live.memories(start, all), events: await live.events(start, null) },
            ] as const;
          }),
        ),
      );
      const read = async (agent: string) => {
        const cursor = cursors.get(agent);
        if (cursor === undefined) throw new Error('no such agent');
        await check(world, agent, await world.drain(cursor.memories), await world.drain(cursor.events));
      };
      for (const [count, one] of steps.entries()) {
        if (one.do === 'read') await read(one.agent);
        else await world.act(one, count);
      }
      for (const agent of AGENTS) {
        await read(agent);
        // From the beginning: everything that may be shown now is there, in order.
        const notices = await world.drain(await world.liveOf(agent).memories(start, all));
        const { events } = await world.log.read({ after: start, categories: ['memory'], limit: 1_000 });
        const reader = await world.readerOf(agent);
        const expected: string[] = [];
        for (const { stream, position } of events)
          if ((await mayShow(world, reader, stream.slice(stream.indexOf('+') + 1), position)) !== null)
            expected.push(position);
        expect(notices.filter(({ memory: shown }) => shown !== null).map(({ position }) => position)).toEqual(expected);
      }
      await world.log.close();
    }),
    { numRuns: 100 },
  );
});
