// GraphQL over HTTP. Most requests are JSON asked and answered: they go straight through Yoga's plugins, without its
// Request and Response objects, in two thirds of the time. Server-sent events go through Yoga whole.
import { type ExecutionResult, GraphQLError, type GraphQLSchema } from 'graphql';
import { createYoga, isAsyncIterable, type Plugin } from 'graphql-yoga';
import { codeOf, toGraphQLError } from '../../schema/errors.ts';
import type { Caller } from '../access/caller.ts';
import { type FailureCode, failure } from '../domain/failure.ts';
import { createDocumentCaches } from './document-cache.ts';
import type { Incoming, Outgoing } from './exchange.ts';
import { type GraphqlRequest, parseRequest } from './graphql-request.ts';
import type { Logger } from './logger.ts';

export type GraphqlParts<Context extends object> = {
  schema: GraphQLSchema;
  plugins: Plugin[];
  /** What resolvers may reach, made for one request. */
  contextOf: (caller: Caller) => Context;
  logger: Logger;
  /** Told of the code of each request that was refused before any of its fields was resolved. */
  refused: (code: FailureCode) => void;
};

export type Graphql = (incoming: Incoming, caller: Caller) => Promise<Outgoing>;

type ServerContext = { caller: Caller };
/** As it comes from execution, or from what threw before it. */
type RawResult = Omit<ExecutionResult, 'errors'> & { errors?: readonly unknown[] };

export function createGraphql<Context extends object>(parts: GraphqlParts<Context>): Graphql {
  const { schema, plugins, contextOf, logger, refused } = parts;
  const presented = (result: RawResult, caller: Caller): ExecutionResult => {
    const { errors, ...rest } = result;
    if (errors === undefined) return rest;
    if (!('data' in rest)) for (const error of errors.slice(0, 1)) refused(codeOf(error));
    return { ...rest, errors: errors.map((error) => present(error, caller, logger)) };
  };
  const presentResults: Plugin<object, ServerContext> = {
    onExecutionResult({ result, setResult, context: { caller } }) {
      if (result !== undefined && !Array.isArray(result) && !isAsyncIterable(result))
        setResult(presented(result, caller));
    },
  };
  const yoga = createYoga<ServerContext, Context>({
    schema,
    cors: false,
    multipart: false,
    graphiql: false,
    landingPage: false,
    logging: false,
    maskedErrors: false,
    maxRequestBodySize: false,
    parserAndValidationCache: createDocumentCaches(),
    plugins: [...plugins, presentResults],
    context: ({ caller }) => contextOf(caller),
  });

  async function execute(request: GraphqlRequest, caller: Caller): Promise<RawResult> {
    const context = { caller };
    const enveloped = yoga.getEnveloped(context);
    const document = enveloped.parse(request.query);
    const errors = enveloped.validate(enveloped.schema, document);
    if (errors.length > 0) return { errors };
    return enveloped.execute({
      schema: enveloped.schema,
      document,
      contextValue: await enveloped.contextFactory(),
      variableValues: request.variables,
      operationName: request.operationName,
    });
  }

  return async (incoming, caller) => {
    const body = await incoming.body();
    const accept = incoming.header('accept') ?? '';
    if (accept.includes('text/event-stream')) return stream(incoming, body, caller);
    const request = parseRequest(body);
    const result = await execute(request, caller).catch((error: unknown): RawResult => ({ errors: [error] }));
    return answer(presented(result, caller), accept);
  };

  async function stream(incoming: Incoming, body: string, caller: Caller): Promise<Outgoing> {
    const response = await yoga.fetch(
      'http://annals/graphql',
      {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body,
        signal: incoming.signal(),
      },
      { caller },
    );
    if (response.body === null) throw failure('INTERNAL', 'the stream has no body');
    return { status: response.status, headers: Object.fromEntries(response.headers), body: response.body };
  }
}

function present(error: unknown, { correlationId }: Caller, logger: Logger): GraphQLError {
  if (codeOf(error) === 'INTERNAL') logger.error({ correlationId, err: causeOf(error) }, 'unexpected failure');
  return toGraphQLError(withoutForeignCode(error), correlationId);
}

/** Yoga gives invalid documents a code of its own; here every code is one of the contract's. */
const withoutForeignCode = (error: unknown): unknown =>
  error instanceof GraphQLError && error.extensions.code === 'GRAPHQL_VALIDATION_FAILED'
    ? new GraphQLError(error.message, { nodes: error.nodes ?? null })
    : error;

const causeOf = (error: unknown): unknown => (error instanceof GraphQLError ? (error.originalError ?? error) : error);

/** Of GraphQL over HTTP's two types; the newer one has a status of its own for what was never executed. */
function answer(result: ExecutionResult, accept: string): Outgoing {
  const newer = accept.includes('application/graphql-response+json');
  return {
    status: newer && !('data' in result) ? 400 : 200,
    headers: {
      'content-type': `${newer ? 'application/graphql-response+json' : 'application/json'}; charset=utf-8`,
    },
    body: JSON.stringify(result),
  };
}
