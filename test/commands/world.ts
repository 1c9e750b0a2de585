// Commands over a log, and the views behind them, for tests: `world.as('ann')` is what the agent ann can do.
import { createProjector } from '../../projections/projector.ts';
import type { Caller } from '../../src/access/caller.ts';
import { openDirectory } from '../../src/access/directory.ts';
import { type Commands, createCommands } from '../../src/commands/commands.ts';
import { failure } from '../../src/domain/failure.ts';
import type { Role } from '../../src/domain/key.ts';
import type { MemoryView } from '../../src/domain/memory-view.ts';
import { decode } from '../../src/events/codec.ts';
import type { DomainEvent } from '../../src/events/formats.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { openSqliteLog } from '../../src/log/sqlite/sqlite-log.ts';
import { openTestEventLog } from '../support/distributed/event-log.ts';
import { analyse, minute, TENANT } from '../support/fixtures.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { openNaiveViews } from '../support/naive-views.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export type OpenedLog = { log: EventLog; dispose: () => Promise<void> };

/** What commands are tested on. */
export const logs: Record<string, () => Promise<OpenedLog>> = {
  memory: async () => ({ log: openMemoryLog(), dispose: async () => {} }),
  SQLite: async () => {
    const folder = await temporaryFolder();
    return { log: await openSqliteLog({ file: folder.file('log.db') }), dispose: folder.remove };
  },
  EventStoreDB: async () => ({ log: await openTestEventLog(), dispose: async () => {} }),
};

export type Who = { tenant?: string | null; role?: Role };
export type World = Awaited<ReturnType<typeof openWorld>>;

export async function openWorld(open: () => Promise<OpenedLog> = logs.memory ?? fail) {
  const { log, dispose } = await open();
  const views = openNaiveViews({ analyse });
  const projector = createProjector(log, views);
  await projector.start();
  const directory = await openDirectory(log);
  let now = minute(0);
  let viewsAreAway = false;

  const caughtUp = async (position: string) => {
    if (viewsAreAway || !(await projector.waitFor(position, 2_000)))
      throw failure('UNAVAILABLE', 'the views are behind');
  };
  const clock = () => new Date(now);
  /** By words alone. */
  const recall = async ({ reader }: Caller, text: string) => {
    if (reader === null) return [];
    const mode = 'KEYWORD' as const;
    const { candidates } = await views.search({ reader, mode, text, vector: null, limit: 200, now });
    return candidates.sort((a, b) => (b.coverage ?? 0) - (a.coverage ?? 0));
  };
  const dependencies = { log, directory, clock, findText: views.findText, parked: views.parked, caughtUp, recall };
  const commandsOf = createCommands(dependencies);

  const callerOf = (agent: string | null, { tenant = TENANT, role = 'TENANT' }: Who = {}): Caller => ({
    role,
    tenant,
    agent,
    keyId: 'k1',
    correlationId: 'c1',
    reader: tenant === null ? null : directory.readerOf(tenant, agent),
  });

  return {
    log,
    directory,
    /** An agent of acme; null is its operator. Teams are as of now. */
    as: (agent: string | null, who?: Who): Commands => commandsOf(callerOf(agent, who)),
    /** The same, with nothing shared but the log. */
    anotherProcess: () => {
      const commands = createCommands(dependencies);
      return (agent: string | null) => commands(callerOf(agent));
    },
    admin: commandsOf(callerOf(null, { tenant: null, role: 'ADMIN' })),
    /** From here on it is so many minutes after the first of January 2026. */
    setTime: (minutes: number) => {
      now = minute(minutes);
    },
    takeViewsAway: () => {
      viewsAreAway = true;
    },
    join: async (team: string, agents: string[]) => {
      await commandsOf(callerOf(null)).addToTeam(team, agents);
      await directory.refresh();
    },
    /** Of the whole log, oldest first. */
    events: async (): Promise<DomainEvent[]> => {
      const { events } = await log.read({ after: null, limit: 10_000 });
      return events.flatMap((event) => decode(event)?.event ?? []);
    },
    close: async () => {
      await projector.stop();
      directory.close();
      await views.close();
      await log.close();
      await dispose();
    },
  };
}

function fail(): never {
  throw new Error('there is no such log');
}

export const idOf = ({ memory }: { memory: MemoryView }): string => memory.memory.id;
export const contentOf = ({ memory }: { memory: MemoryView }): string => memory.memory.content;

/** What someone else's, gone or never recorded id looks like. */
export const NEVER = '00000000-0000-7000-8000-000000000000';
