// Every path the server has.
import type { Caller } from '../access/caller.ts';
import { Failure, failure } from '../domain/failure.ts';
import type { AsCaller } from './admission.ts';
import type { FindCaller } from './callers.ts';
import { type Incoming, json, methodNotAllowed, notFound, type Outgoing, refusal } from './exchange.ts';
import { wantsPage } from './graphiql.ts';
import { agentOf, badCorrelationId, bearerOf, correlationIdOf } from './headers.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';

export type Routes = {
  findCaller: FindCaller;
  asCaller: AsCaller;
  readiness: Readiness;
  isStopping: () => boolean;
  metrics: Metrics;
  logger: Logger;
  /** POST /graphql, once it is known who asks. */
  graphql: (incoming: Incoming, caller: Caller) => Promise<Outgoing>;
  /** null in production. */
  graphiql: ((incoming: Incoming) => Promise<Outgoing>) | null;
  export: (incoming: Incoming, caller: Caller) => Promise<Outgoing>;
};

type Handle = (routes: Routes, incoming: Incoming, correlationId: string) => Promise<Outgoing> | Outgoing;

const paths: Record<string, Partial<Record<string, Handle>>> = {
  '/graphql': { POST: graphql, GET: page },
  '/health': { GET: () => json(200, { status: 'ok' }) },
  '/ready': { GET: ready },
  '/metrics': { GET: metrics },
  '/export': {
    GET: (routes, incoming, correlationId) =>
      asCaller(routes, incoming, correlationId, (caller) => routes.export(incoming, caller)),
  },
};

/** Answers everything, failures of its own included; it never rejects. */
export function createRouter(routes: Routes): (incoming: Incoming) => Promise<Outgoing> {
  return async (incoming) => {
    const started = performance.now();
    const { correlationId, valid } = correlationIdOf(incoming);
    const outgoing = await (valid ? route(routes, incoming, correlationId) : Promise.reject(badCorrelationId())).catch(
      (error: unknown) => refused(routes, error, correlationId),
    );
    const { method, path } = incoming;
    routes.logger.debug(
      { correlationId, method, path, status: outgoing.status, milliseconds: performance.now() - started },
      'request',
    );
    return { ...outgoing, headers: { ...outgoing.headers, ...always(routes), 'x-correlation-id': correlationId } };
  };
}

const always = (routes: Routes): Record<string, string> => ({
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  ...(routes.isStopping() ? { connection: 'close' } : {}),
});

async function route(routes: Routes, incoming: Incoming, correlationId: string): Promise<Outgoing> {
  const methods = Object.hasOwn(paths, incoming.path) ? paths[incoming.path] : undefined;
  if (methods === undefined) return notFound();
  const method = incoming.method === 'HEAD' ? 'GET' : incoming.method;
  const handle = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (handle === undefined) return methodNotAllowed(Object.keys(methods).join(', '));
  return handle(routes, incoming, correlationId);
}

function refused({ metrics, logger }: Routes, error: unknown, correlationId: string): Outgoing {
  const known = error instanceof Failure ? error : failure('INTERNAL', 'something went wrong here; see the log');
  if (known !== error) logger.error({ correlationId, err: error }, 'unexpected failure');
  metrics.refused(known.code);
  return refusal(known);
}

const asCaller = (
  routes: Routes,
  incoming: Incoming,
  correlationId: string,
  work: (caller: Caller) => Promise<Outgoing>,
  arrived?: () => Promise<unknown>,
) => routes.asCaller({ secret: bearerOf(incoming), agent: agentOf(incoming), correlationId }, work, arrived);

async function graphql(routes: Routes, incoming: Incoming, correlationId: string): Promise<Outgoing> {
  // A browser's form cannot send this type to another origin unasked: that keeps forged requests out.
  if (!/^application\/json\s*(;|$)/i.test(incoming.header('content-type') ?? ''))
    return refusal(failure('INVALID_INPUT', 'send content-type: application/json', { field: 'content-type' }), {}, 415);
  let text: Promise<string> | undefined;
  const body = () => {
    text ??= incoming.body();
    return text;
  };
  const work = (caller: Caller) => routes.graphql({ ...incoming, body }, caller);
  return asCaller(routes, incoming, correlationId, work, body).catch((error: unknown) => {
    // What GraphQL itself refuses is 200 with errors, and so is this: the request was well-formed.
    if (error instanceof Failure && error.code === 'FORBIDDEN') return refusal(error, {}, 200);
    throw error;
  });
}

function page({ graphiql }: Routes, incoming: Incoming): Promise<Outgoing> | Outgoing {
  return graphiql !== null && wantsPage(incoming) ? graphiql(incoming) : methodNotAllowed('POST');
}

async function ready({ readiness }: Routes): Promise<Outgoing> {
  const reason = await readiness();
  return reason === null ? json(200, { status: 'ready' }) : json(503, { status: 'not ready', reason });
}

async function metrics(routes: Routes, incoming: Incoming, correlationId: string): Promise<Outgoing> {
  if (!incoming.local) await routes.findCaller({ secret: bearerOf(incoming), agent: agentOf(incoming), correlationId });
  const { registry } = routes.metrics;
  return { status: 200, headers: { 'content-type': registry.contentType }, body: await registry.metrics() };
}
