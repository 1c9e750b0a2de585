// Everything above the ports, put together. It imports no adapter: main.ts and the tests bring those.
import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProjector, type Projector } from '../../projections/projector.ts';
import { createContext } from '../../schema/context.ts';
import { limitPlugins } from '../../schema/limits.ts';
import { schema } from '../../schema/schema.ts';
import type { Caller } from '../access/caller.ts';
import { type Directory, openDirectory } from '../access/directory.ts';
import { createAuditor } from '../audit/auditor.ts';
import { createCommands } from '../commands/commands.ts';
import { createHandoffExpiry } from '../commands/handoff-expiry.ts';
import type { Position } from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import type { Embedder } from '../embedding/embedder.ts';
import { nudging } from '../embedding/nudging.ts';
import { createPump, type Pump } from '../embedding/pump.ts';
import { createQueryEmbedder } from '../embedding/query-cache.ts';
import { openLive } from '../live/live.ts';
import type { EventLog } from '../log/event-log.ts';
import { openPast } from '../past/past.ts';
import { createPasts } from '../past/pasts.ts';
import { createQueries, type Queries } from '../queries/queries.ts';
import { createRecall } from '../queries/recall.ts';
import { rebuildingFor } from '../rebuilding/for-administrator.ts';
import { createRebuilding, type Rebuilding } from '../rebuilding/rebuilding.ts';
import { wordsMeanwhile } from '../rebuilding/words-meanwhile.ts';
import type { ViewBuilds } from '../views/view-builds.ts';
import type { ViewStore } from '../views/view-store.ts';
import { createAdmission } from './admission.ts';
import { createBodyReader } from './body.ts';
import { createCallers } from './callers.ts';
import type { Incoming, Outgoing } from './exchange.ts';
import { exportAs } from './export.ts';
import { createFetch, type Fetch } from './fetch.ts';
import { createGate } from './gate.ts';
import { addGauges } from './gauges.ts';
import { createGraphiql } from './graphiql.ts';
import { createGraphql } from './graphql.ts';
import { createListener } from './listener.ts';
import type { Logger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { observeLog, observeViews } from './observe.ts';
import { createOpenStreams } from './open-streams.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { createRouter } from './router.ts';
import { createWebSockets, type WebSockets } from './websocket.ts';

export type AppSettings = {
  adminKey: string | null;
  rateLimit: RateLimit | null;
  maxConcurrency: number;
  maxStreams: number;
  heartbeatSeconds: number;
  /** Without GraphiQL. */
  production: boolean;
};

/** The caller opens these and closes them, after the app. */
export type AppParts = {
  log: EventLog;
  views: ViewStore;
  embedder: Embedder;
  /** Of these views; without them the views cannot be made anew beside. */
  builds?: ViewBuilds | null;
  /** Empties the views, where they were made from another log. */
  resetViews?: () => Promise<void>;
  /** Empty views, for a state of the past; they are gone when they are closed. */
  openScratch: () => Promise<ViewStore>;
  clock: () => Date;
  settings: AppSettings;
  logger: Logger;
};

export type App = {
  /** One request, however it came. */
  answer: (incoming: Incoming) => Promise<Outgoing>;
  /** One request without a socket. */
  fetch: Fetch;
  /** For node:http. */
  handle: RequestListener;
  /** For node:http's upgrades. */
  upgrade: WebSockets['upgrade'];
  /** The projections catch up, and vectors are made, in the background from here on. */
  start(): Promise<void>;
  /** From here on no new request is begun and /ready answers 503; subscriptions are cut off, to be resumed elsewhere. */
  stopAccepting(): void;
  /** Ends what runs in the background; log, views and embedder stay open. */
  close(): Promise<void>;
  readiness: Readiness;
  directory: Directory;
  commands: ReturnType<typeof createCommands>;
  projector: Projector;
  pump: Pump;
  /** null: the views have no builds. */
  rebuilding: Rebuilding | null;
  metrics: Metrics;
};

export async function createApp({
  clock,
  embedder,
  logger,
  settings,
  builds = null,
  resetViews,
  openScratch,
  ...ports
}: AppParts): Promise<App> {
  const metrics = createMetrics();
  const log = observeLog(ports.log, metrics);
  const answering = builds === null ? ports.views : wordsMeanwhile(ports.views, builds);
  const views = observeViews(answering, metrics);
  const directory = await openDirectory(log);
  const pump = createPump(views, embedder, { logger, isOn: () => projector.leads() });
  const onLead = () => {
    pump.nudge();
    rebuilding?.begin().catch((err: unknown) => logger.warn({ err }, 'views of another signature stay for now'));
  };
  const projector: Projector = createProjector(log, nudging(views, pump), {
    logger,
    clock,
    onLead,
    ...(resetViews && { reset: resetViews }),
  });
  addGauges(metrics.registry, { log, views, projector, pump });

  const embedQuery = createQueryEmbedder(embedder);
  const verify = createAuditor({ log, views, clock });
  const pasts = createPasts((tenant, position) => openPast({ log, embedder, openScratch }, tenant, position));
  const asking = { log, views, directory, projector, pump, embedQuery, verify, past: pasts.use, clock };
  const queries = createQueries(asking);
  const commands = createCommands({
    log,
    directory,
    clock,
    findText: views.findText,
    parked: views.parked,
    caughtUp: caughtUpBy(projector),
    recall: createRecall(asking),
  });
  const making = { log, projector, embedder, embedQuery, directory, clock, logger };
  const rebuilding: Rebuilding | null =
    builds === null ? null : createRebuilding({ ...making, builds, views: answering });
  const rebuildingOf = rebuildingFor(rebuilding);
  const expiry = createHandoffExpiry({ log, clock, logger });
  let stopping = false;
  const isStopping = () => stopping;
  const readiness = createReadiness(log, views, projector, isStopping);

  const { find: findCaller, renew } = createCallers(directory, settings.adminKey, clock);
  const live = openLive({ log, renew, clock, heartbeatSeconds: settings.heartbeatSeconds });
  const streams = createOpenStreams(settings.maxStreams);
  const contextOf = (caller: Caller, otherQueries: Partial<Queries> = {}) =>
    createContext({
      caller,
      commands: commands(caller),
      queries: { ...queries(caller), ...otherQueries },
      live: live.of(caller),
      rebuilding: rebuildingOf(caller),
      resolved: metrics.resolved,
    });
  const graphql = createGraphql({
    schema,
    plugins: limitPlugins,
    contextOf,
    // What a notice leads on to is read from the log, as the notice was: the views may be behind it.
    eventContextOf: (caller) => contextOf(caller, { memoriesById: (ids) => live.memoriesById(caller, ids) }),
    logger,
    refused: metrics.refused,
    subscribed: metrics.subscribed,
    streams,
  });
  const asCaller = createAdmission({
    findCaller,
    takeToken: createRateLimit(settings.rateLimit, () => performance.now()),
    enter: createGate(settings.maxConcurrency),
    isStopping,
  });
  const webSockets = createWebSockets({ asCaller, run: graphql.run, logger });

  const answer = createRouter({
    findCaller,
    asCaller,
    readiness,
    isStopping,
    metrics,
    logger,
    graphql: graphql.answer,
    graphiql: settings.production ? null : createGraphiql(),
    export: (incoming, caller) => exportAs({ log, views, projector, queries, clock }, caller, incoming),
  });

  function stopAccepting(): void {
    stopping = true;
    streams.drop();
    webSockets.drop();
  }

  return {
    answer,
    fetch: createFetch(answer),
    handle: createListener(answer, createBodyReader()),
    start: async () => {
      await projector.start();
      pump.start();
      expiry.start();
    },
    upgrade: webSockets.upgrade,
    stopAccepting,
    close: async () => {
      stopAccepting();
      live.close();
      await expiry.stop();
      await rebuilding?.close();
      await projector.stop();
      // An endpoint that does not answer must not hold up the end; what comes later is not put any more.
      await Promise.race([pump.stop(), sleep(PUMP_STOP_MS, undefined, { ref: false })]);
      await pasts.close();
      directory.close();
    },
    readiness,
    directory,
    commands,
    projector,
    pump,
    rebuilding,
    metrics,
  };
}

const CATCH_UP_MS = 2_000;
const PUMP_STOP_MS = 3_000;

const caughtUpBy = (projector: Projector) => async (position: Position) => {
  if (!(await projector.waitFor(position, CATCH_UP_MS)))
    throw failure('UNAVAILABLE', 'the views are behind the log; try again');
};
