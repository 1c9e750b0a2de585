// Takes memories one by one and records them in batches: those of one owner together, all owners at once.
import type { RecordMemoryInput } from '../commands/inputs.ts';
import { Failure } from '../domain/failure.ts';
import { limits } from '../domain/limits.ts';
import { voteValues } from '../domain/votes.ts';
import { commandIdOf, type ImportedMemory } from './imported-memory.ts';
import type { MemoryTarget, Recorded } from './memory-target.ts';

/** Of one batch: with its envelopes it is below the most that one append takes. */
const MAX_BYTES = 500_000;

/** Casts the votes that other stores keep as numbers alone. It owns nothing, so its votes count. */
const VOTER = 'imported-votes';

/** The most votes of a kind that are cast for one memory. Whether more helped changes little. */
const MOST_VOTES = 100;

type Pending = { owner: string; memory: ImportedMemory; input: RecordMemoryInput & { commandId: string } };

export type MemoryRecorder = {
  /** Waits while a full batch is recorded. */
  add(owner: string, memory: ImportedMemory): Promise<void>;
  flush(): Promise<void>;
  counts(): { imported: number; there: number };
};

export async function createMemoryRecorder(
  target: MemoryTarget,
  { votes: withVotes }: { votes: boolean },
): Promise<MemoryRecorder> {
  const began = await target.now();
  const startedAt = performance.now();
  let pending: Pending[] = [];
  let bytes = 0;
  let imported = 0;
  let there = 0;

  async function flush(): Promise<void> {
    const batch = Map.groupBy(pending, ({ owner }) => owner);
    pending = [];
    bytes = 0;
    await Promise.all(
      [...batch].map(async ([owner, memories]) => {
        const inputs = memories.map(({ input }) => input);
        const recorded = await target.record(owner, inputs);
        for (const [index, { memory }] of memories.entries()) await finish(owner, memory, recorded[index]);
      }),
    );
  }

  async function recordAlone(owner: string, memory: ImportedMemory, input: RecordMemoryInput): Promise<void> {
    if (memory.lesson !== null)
      return finish(owner, memory, await target.reflect(owner, reflectionOf(input, memory.lesson)));
    const ttl = secondsUntil(memory.expiresAt);
    try {
      const [recorded] = await target.record(owner, [{ ...input, ttl }]);
      await finish(owner, memory, recorded);
    } catch (error) {
      // What is left of its life was another figure then: it was recorded by an earlier run.
      if (!hasCode(error, 'COMMAND_ID_REUSED')) throw error;
      there += 1;
    }
  }

  async function finish(owner: string, memory: ImportedMemory, recorded: Recorded | undefined): Promise<void> {
    if (recorded === undefined) return;
    const before = recorded.createdAt < began;
    if (before) there += 1;
    else imported += 1;
    try {
      await castVotes(memory, recorded.id);
      const { deprecation } = memory;
      const commandId = `${commandIdOf(memory, owner)}-deprecate`;
      if (deprecation !== null) await target.deprecate(owner, { id: recorded.id, ...deprecation, commandId });
    } catch (error) {
      // What an earlier run recorded may have been forgotten or changed since: so it stays.
      if (!before || !(hasCode(error, 'NOT_FOUND') || hasCode(error, 'CONFLICT'))) throw error;
    }
  }

  /** Whom nobody else may read nobody else can vote on. */
  async function castVotes({ input, votes }: ImportedMemory, id: string): Promise<void> {
    if (!withVotes || input.scope !== 'GLOBAL') return;
    for (const value of voteValues) {
      const count = Math.min(MOST_VOTES, value === 'HELPFUL' ? votes.helpful : votes.harmful);
      const tasks = Array.from({ length: count }, (_, index) => `imported ${value.toLowerCase()} ${index + 1}`);
      await Promise.all(tasks.map((task) => target.vote(VOTER, { memory: id, value, task })));
    }
  }

  const secondsUntil = (time: string | null): number => {
    const now = Date.parse(began) + (performance.now() - startedAt);
    return Math.min(limits.ttl, Math.max(1, Math.ceil((Date.parse(time ?? began) - now) / 1000)));
  };

  return {
    flush,
    counts: () => ({ imported, there }),
    async add(owner, memory) {
      const input = { ...memory.input, commandId: commandIdOf(memory, owner) };
      if (memory.lesson !== null || memory.expiresAt !== null) return recordAlone(owner, memory, input);
      if (pending.some(({ input: { commandId } }) => commandId === input.commandId)) {
        there += 1;
        return;
      }
      const size = Buffer.byteLength(JSON.stringify(input));
      if (pending.length === limits.batch || bytes + size > MAX_BYTES) await flush();
      pending.push({ owner, memory, input });
      bytes += size;
    },
  };
}

/** A reflection has neither an author, a session, nor a time of its own. */
function reflectionOf(input: RecordMemoryInput, lesson: NonNullable<ImportedMemory['lesson']>) {
  const { author: _author, session: _session, occurredAt: _occurredAt, ...rest } = input;
  return { ...rest, ...lesson };
}

const hasCode = (error: unknown, code: string): boolean => error instanceof Failure && error.code === code;
