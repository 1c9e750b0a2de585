// GraphQL over HTTP. Most requests are JSON asked and answered: they go straight through Yoga's plugins, without its
// Request and Response objects, in two thirds of the time. Server-sent events go through Yoga whole.
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { createYoga, isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Caller } from '../access/caller.ts';
import { failure } from '../domain/failure.ts';
import { createDocumentCaches } from './document-cache.ts';
import type { Incoming, Outgoing } from './exchange.ts';
import { type GraphqlRequest, parseRequest } from './graphql-request.ts';

export type GraphqlParts<Context extends object> = {
  schema: GraphQLSchema;
  plugins: Plugin[];
  /** What resolvers may reach, made for one request. */
  contextOf: (caller: Caller) => Context;
  /** Every error on its way out: with a code, and with nothing inside that is not the client's to know. */
  present: (error: unknown, caller: Caller) => GraphQLError;
};

export type Graphql = (incoming: Incoming, caller: Caller) => Promise<Outgoing>;

type ServerContext = { caller: Caller };
/** As it comes from execution, or from what threw before it. */
type RawResult = Omit<ExecutionResult, 'errors'> & { errors?: readonly unknown[] };

export function createGraphql<Context extends object>(parts: GraphqlParts<Context>): Graphql {
  const { schema, plugins, contextOf, present } = parts;
  const presented = (result: RawResult, caller: Caller): ExecutionResult => {
    const { errors, ...rest } = result;
    return errors === undefined ? rest : { ...rest, errors: errors.map((error) => present(error, caller)) };
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
