// Whatever happens to memories, teams and handoffs: nobody is shown of a handoff what it may not read, as it was at the
// offer or as it is now; and one agent accepts it, or none.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Handoff } from '../../src/domain/handoff.ts';
import { type Acl, canRead, type Reader, type Scope } from '../../src/domain/visibility.ts';
import { TENANT } from '../support/fixtures.ts';
import { openWorld, operator, type Who, type World } from './world.ts';

const agents = ['ann', 'bob', 'cid'] as const;
const teams = ['red', 'blue'] as const;
const agent = fc.constantFrom(...agents);
const team = fc.constantFrom(...teams);
/** Which of the things there are, so many as there may be. */
const which = fc.nat({ max: 50 });

const sharing = fc.oneof(
  fc.constant({ scope: 'GLOBAL' as const }),
  fc.constant({ scope: 'AGENT_PRIVATE' as const }),
  fc.constant({ scope: 'AGENT_SHARED' as const }),
  agent.map((name) => ({ scope: 'AGENT_SHARED' as const, sharedWith: { agents: [name] } })),
  team.map((name) => ({ scope: 'AGENT_SHARED' as const, sharedWith: { teams: [name] } })),
);
const recipient = fc.oneof(
  agent.map((name) => ({ agent: name })),
  team.map((name) => ({ team: name })),
);

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('record' as const), by: agent, sharing }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('revise' as const), memory: which, sharing }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), memory: which }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('offer' as const),
      by: agent,
      to: recipient,
      memories: fc.array(which, { maxLength: 4 }),
      ttl: fc.constantFrom(null, 5),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('accept' as const), handoff: which }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      by: agent,
      how: fc.constantFrom('decline' as const, 'cancel' as const, 'complete' as const),
      handoff: which,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), team, who: agent }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'pass' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** A memory as the model has it. Each text is its own, so that it tells which state was shown. */
type State = { acl: Acl; text: string; alive: boolean };
type Offered = { handoff: Handoff; memories: Map<string, State>; acceptances: number };

async function play(world: World, steps: readonly Step[]) {
  const memories = new Map<string, State>();
  const handoffs: Offered[] = [];
  const members = new Map<string, Set<string>>(teams.map((name) => [name, new Set()]));
  const as = async (who: Who) => world.commands(await world.callerOf(who));
  const nth = <T>(things: readonly T[], index: number) => things[index % Math.max(1, things.length)];

  const readerOf = (name: string | null): Reader => {
    const own = name === null ? [] : teams.filter((it) => members.get(it)?.has(name));
    const peers = new Set(own.flatMap((it) => [...(members.get(it) ?? [])]).filter((it) => it !== name));
    return { tenant: TENANT, agent: name, teams: own, peers: [...peers] };
  };
  const aclOf = (owner: string, { scope, sharedWith = {} }: { scope: Scope; sharedWith?: object }): Acl => ({
    tenant: TENANT,
    agent: owner,
    scope,
    sharedWith: { agents: [], teams: [], ...sharedWith },
  });

  async function take(now: Step, n: number): Promise<void> {
    switch (now.kind) {
      case 'record': {
        const text = `text-${n}-of-it`;
        const { memory } = await (await as(now.by)).recordMemory({ content: text, ...now.sharing });
        memories.set(memory.memory.id, { acl: aclOf(now.by, now.sharing), text, alive: true });
        return;
      }
      case 'revise': {
        const [id, state] = nth([...memories], now.memory) ?? [];
        if (id === undefined || !state?.alive) return;
        const text = `text-${n}-of-it`;
        await (await as(state.acl.agent)).reviseMemory({ id, content: text, ...now.sharing });
        // The same scope again leaves whom it was shared with, unless they are named.
        const kept = now.sharing.scope === state.acl.scope ? { sharedWith: state.acl.sharedWith } : {};
        memories.set(id, { ...state, acl: aclOf(state.acl.agent, { ...kept, ...now.sharing }), text });
        return;
      }
      case 'forget': {
        const [id, state] = nth([...memories], now.memory) ?? [];
        if (id === undefined || !state?.alive) return;
        await (await as(state.acl.agent)).forgetMemory({ id });
        memories.set(id, { ...state, alive: false });
        return;
      }
      case 'offer': {
        const named = new Map<string, State>();
        for (const index of now.memories) {
          const [id, state] = nth([...memories], index) ?? [];
          if (id !== undefined && state !== undefined) named.set(id, state);
        }
        const sender = readerOf(now.by);
        const may = [...named.values()].every(({ acl, alive }) => alive && canRead(sender, acl));
        const there = !('team' in now.to) || (members.get(now.to.team)?.size ?? 0) > 0;
        const other = !('agent' in now.to) || now.to.agent !== now.by;
        const input = { to: now.to, task: 'do it', memories: [...named.keys()], ttl: now.ttl };
        const [outcome] = await Promise.allSettled([(await as(now.by)).offerHandoff(input)]);
        // Nobody passes on what it cannot read.
        expect(outcome.status).toBe(may && there && other ? 'fulfilled' : 'rejected');
        if (outcome.status === 'fulfilled')
          handoffs.push({ handoff: outcome.value.handoff, memories: named, acceptances: 0 });
        return;
      }
      case 'accept': {
        const offered = nth(handoffs, now.handoff);
        if (offered === undefined) return;
        const all = await Promise.all(agents.map(as));
        const outcomes = await Promise.allSettled(all.map((it) => it.acceptHandoff({ id: offered.handoff.id })));
        for (const outcome of outcomes) if (outcome.status === 'fulfilled') offered.handoff = outcome.value.handoff;
        offered.acceptances += outcomes.filter(({ status }) => status === 'fulfilled').length;
        return;
      }
      case 'answer': {
        const offered = nth(handoffs, now.handoff);
        if (offered === undefined) return;
        const commands = await as(now.by);
        await commands[`${now.how}Handoff`]({ id: offered.handoff.id }).catch(() => undefined);
        return;
      }
      case 'join':
      case 'leave': {
        const commands = await as(operator);
        if (now.kind === 'join') await commands.addToTeam(now.team, [now.who]);
        else await commands.removeFromTeam(now.team, [now.who]);
        members.get(now.team)?.[now.kind === 'join' ? 'add' : 'delete'](now.who);
        return;
      }
      case 'pass':
        world.pass(3_000);
    }
  }

  for (const [n, now] of steps.entries()) await take(now, n);
  return { memories, handoffs, readerOf };
}

const readers: readonly Who[] = [...agents, operator, { tenant: 'other', agent: 'ann' }];

const ASKED = `query($id: ID!) { handoff(id: $id) {
  id status from to { agent team } memories { id content } withheld acceptedBy reason history { event by data }
} }`;

const tokens = (shown: unknown): string[] => [...new Set(JSON.stringify(shown).match(/text-\d+-of-it/g) ?? [])].sort();

test('no field of a handoff shows what its reader may not read, and one agent accepts it at most', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), async (steps) => {
      await using world = await openWorld();
      const { memories, handoffs, readerOf } = await play(world, steps);
      await world.settled();
      for (const { handoff, memories: offered, acceptances } of handoffs) {
        expect(acceptances).toBeLessThanOrEqual(1);
        for (const who of readers) {
          const { handoff: shown } = await world.data(who, ASKED, { id: handoff.id });
          if (typeof who === 'object') {
            expect(shown).toBeNull();
            continue;
          }
          const reader = readerOf(typeof who === 'string' ? who : null);
          const { agent: to, team: toTeam } = handoff.to;
          const concerns =
            reader.agent === null ||
            [handoff.from, to, handoff.acceptedBy].includes(reader.agent) ||
            (toTeam !== null && reader.teams.includes(toTeam));
          expect(shown !== null).toBe(concerns);
          if (shown === null) continue;

          const readable = [...offered].filter(([id, then]) => {
            const present = memories.get(id);
            return present?.alive && canRead(reader, then.acl) && canRead(reader, present.acl);
          });
          expect(shown.memories).toEqual(readable.map(([id, { text }]) => ({ id, content: text })));
          expect(tokens(shown)).toEqual(readable.map(([, { text }]) => text).sort());
          const isSender = reader.agent === null || reader.agent === handoff.from;
          if (isSender) continue;
          expect(shown.withheld).toEqual([]);
          const hidden = [...offered.keys()].filter((id) => !readable.some(([it]) => it === id));
          for (const id of hidden) expect(JSON.stringify(shown)).not.toContain(id);
        }
      }
    }),
    { numRuns: 100 },
  );
}, 120_000);
