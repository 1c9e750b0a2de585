// Commands in this process, on a log that no server has open. The views follow when the server starts.
import type { Caller } from '../access/caller.ts';
import { openDirectory } from '../access/directory.ts';
import { createCommands } from '../commands/commands.ts';
import type { EventLog } from '../log/event-log.ts';
import type { MemoryTarget } from './memory-target.ts';

export async function openInProcess(log: EventLog, tenant: string): Promise<MemoryTarget> {
  const directory = await openDirectory(log);
  const clock = () => new Date();
  // Only `dedupe` asks the views, and an import never wants it.
  const commands = createCommands({
    log,
    directory,
    clock,
    findText: async () => [],
    parked: async () => [],
    caughtUp: async () => undefined,
  });
  const as = (agent: string) => {
    const reader = directory.readerOf(tenant, agent);
    const caller: Caller = { role: 'TENANT', tenant, agent, keyId: '$import', correlationId: 'import', reader };
    return commands(caller);
  };
  return {
    now: async () => clock().toISOString(),
    record: async (agent, inputs) => {
      const { memories } = await as(agent).recordMemories(inputs);
      return memories.map(({ memory }) => memory);
    },
    reflect: async (agent, input) => (await as(agent).recordReflection(input)).memory.memory,
    vote: async (agent, input) => {
      await as(agent).vote(input);
    },
    deprecate: async (agent, input) => {
      await as(agent).deprecateMemory(input);
    },
    close: directory.close,
  };
}
