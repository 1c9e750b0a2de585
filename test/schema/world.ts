// The API without a server: the schema over real commands, queries and projections, a log in memory, views of the
// simplest kind and an instant embedder; with ANNALS_TEST_PROFILE=distributed the log and views of that profile. Questions
// are asked in the API's own terms, by whoever is named.
import { createYoga } from 'graphql-yoga';
import { createProjector } from '../../projections/projector.ts';
import { type Context, createContext } from '../../schema/context.ts';
import { toGraphQLError } from '../../schema/errors.ts';
import { limitPlugins } from '../../schema/limits.ts';
import { schema } from '../../schema/schema.ts';
import type { Caller } from '../../src/access/caller.ts';
import { openDirectory } from '../../src/access/directory.ts';
import { createAuditor } from '../../src/audit/auditor.ts';
import { createCommands } from '../../src/commands/commands.ts';
import { failure } from '../../src/domain/failure.ts';
import { openLive } from '../../src/live/live.ts';
import type { EventLog } from '../../src/log/event-log.ts';
import { openPast } from '../../src/past/past.ts';
import { createPasts } from '../../src/past/pasts.ts';
import { createQueries } from '../../src/queries/queries.ts';
import { createRecall } from '../../src/queries/recall.ts';
import { rebuildingFor } from '../../src/rebuilding/for-administrator.ts';
import type { ViewStore } from '../../src/views/view-store.ts';
import { type Engines, isDistributed, openEngines } from '../support/distributed/engines.ts';
import { isFaulty, openTestEventLog } from '../support/distributed/event-log.ts';
import { analyse, TENANT } from '../support/fixtures.ts';
import { createHashEmbedder } from '../support/hash-embedder.ts';
import { openMemoryLog } from '../support/memory-log.ts';
import { openNaiveViews } from '../support/naive-views.ts';

/** Milliseconds: a busy machine is no failure. */
const PATIENCE = 20_000;

export const operator = Symbol('operator');
export const administrator = Symbol('administrator');

/** An agent of the tenant by its name, the tenant's operator, the administrator, or anyone. */
export type Who = string | typeof operator | typeof administrator | { tenant: string; agent: string | null };

export type Answer = {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads into the answer as deep as its question went
  data?: any;
  errors?: { message: string; path?: readonly (string | number)[]; extensions: Record<string, unknown> }[];
};

const yoga = createYoga<{ context: Context }, Context>({
  schema,
  plugins: limitPlugins,
  logging: false,
  maskedErrors: false,
  context: ({ context }) => context,
});

export type World = Awaited<ReturnType<typeof openWorld>>;

export type WorldOptions = {
  log?: EventLog;
  views?: ViewStore;
  /** Throw-away views for reads in the past: of the same kind as `views`, for the same scores. */
  openScratch?: () => Promise<ViewStore>;
  /** Of the distributed profile, instead of these; closed and released with the world. */
  engines?: Engines;
};

export async function openWorld(options: WorldOptions = {}) {
  const embedder = createHashEmbedder();
  const signature = { projections: 1, model: embedder.model, dimensions: embedder.dimensions };
  const ownEngines = options.log !== undefined || options.views !== undefined;
  const engines = options.engines ?? (isDistributed && !ownEngines ? await openEngines(signature) : null);
  const log = options.log ?? engines?.log ?? (isFaulty ? await openTestEventLog() : openMemoryLog());
  const calls: { get: string[][]; streams: string[] } = { get: [], streams: [] };
  const given = options.views ?? engines?.views ?? openNaiveViews({ analyse });
  const views: ViewStore = {
    ...given,
    get: (reader, ids, now) => {
      calls.get.push([...ids]);
      return given.get(reader, ids, now);
    },
  };
  const countedLog: typeof log = {
    ...log,
    readStream: (stream, options) => {
      calls.streams.push(stream);
      return log.readStream(stream, options);
    },
  };
  let now = Date.UTC(2026, 0, 1);
  const clock = () => new Date(now);
  const directory = await openDirectory(log);
  const projector = createProjector(log, views);
  await projector.start();
  const caughtUp = async (position: string) => {
    if (!(await projector.waitFor(position, PATIENCE))) throw failure('UNAVAILABLE', 'the views are behind');
  };
  const embedQuery = async (text: string) => {
    const [vector] = await embedder.embed([text], 'query');
    if (vector === undefined) throw new Error('no vector');
    return vector;
  };
  const makeVectors = async () => {
    for (let wanted = await views.wantedVectors(100); wanted.length > 0; wanted = await views.wantedVectors(100)) {
      const vectors = await embedder.embed(
        wanted.map(({ text }) => text),
        'passage',
      );
      await views.putVectors(wanted.map(({ hash }, index) => ({ hash, vector: vectors[index] ?? new Float32Array() })));
    }
    return true;
  };
  const openScratch = options.openScratch ?? engines?.openScratch ?? (async () => openNaiveViews({ analyse }));
  const pasts = createPasts((tenant, position) => openPast({ log, embedder, openScratch }, tenant, position));
  const asking = {
    log: countedLog,
    views,
    directory,
    projector,
    pump: { idle: makeVectors },
    embedQuery,
    verify: createAuditor({ log, views, clock }),
    past: pasts.use,
    clock,
  };
  const queries = createQueries(asking);
  const recall = createRecall(asking);
  const commands = createCommands({
    log,
    directory,
    clock,
    findText: views.findText,
    parked: views.parked,
    caughtUp,
    recall,
  });
  const renew = async (caller: Caller) => ({ caller, expiresAt: null });
  const live = openLive({ log, renew, clock, heartbeatSeconds: 15 });
  const resolved: string[] = [];

  const contextFor = (caller: Caller) =>
    createContext({
      caller,
      commands: commands(caller),
      queries: queries(caller),
      rebuilding: rebuildingFor(null)(caller),
      live: live.of(caller),
      resolved: (field, outcome) => resolved.push(`${field} ${outcome}`),
    });

  async function callerOf(who: Who): Promise<Caller> {
    const known = { keyId: 'key', correlationId: 'correlation' };
    if (who === administrator) return { ...known, role: 'ADMIN', tenant: null, agent: null, reader: null };
    const { tenant, agent } =
      typeof who === 'object' ? who : { tenant: TENANT, agent: typeof who === 'string' ? who : null };
    await directory.refresh();
    return { ...known, role: 'TENANT', tenant, agent, reader: directory.readerOf(tenant, agent) };
  }

  async function ask(who: Who, query: string, variables: object = {}): Promise<Answer> {
    const caller = await callerOf(who);
    const present = (error: unknown) => toGraphQLError(error, caller.correlationId).toJSON();
    const enveloped = yoga.getEnveloped({ context: contextFor(caller) });
    try {
      const document = enveloped.parse(query);
      const invalid = enveloped.validate(enveloped.schema, document);
      if (invalid.length > 0) return { errors: invalid.map(present) } as Answer;
      const result = await enveloped.execute({
        schema: enveloped.schema,
        document,
        contextValue: await enveloped.contextFactory(),
        variableValues: variables,
      });
      return { ...result, ...(result.errors && { errors: result.errors.map(present) }) } as Answer;
    } catch (error) {
      return { errors: [present(error)] } as Answer;
    }
  }

  async function close(): Promise<void> {
    await projector.stop();
    directory.close();
    await engines?.views.close();
    await log.close();
    await engines?.release();
  }

  return {
    log,
    views,
    embedder,
    projector,
    directory,
    commands,
    calls,
    resolved,
    ask,
    callerOf,
    /** The answer's data; throws when there are errors. */
    async data(who: Who, query: string, variables: object = {}) {
      const { data, errors } = await ask(who, query, variables);
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    },
    /** The views have everything, vectors included. */
    async settled() {
      await caughtUp(await log.head());
      await makeVectors();
    },
    now: () => clock().toISOString(),
    pass(milliseconds: number) {
      now += milliseconds;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
