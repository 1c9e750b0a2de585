// GraphQL, and how it travels over HTTP: as JSON, or as server-sent events. Requests go straight through Yoga's plugins,
// without its Request and Response objects, in two thirds of the time.
import { type ExecutionResult, GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { codeOf, toGraphQLError } from '../../schema/errors.ts';
import { complexityRefusalOf, refusalOf } from '../../schema/limits.ts';
import type { Caller } from '../access/caller.ts';
import { type FailureCode, failure } from '../domain/failure.ts';
import { createDocumentCaches } from './document-cache.ts';
import { type Incoming, type Outgoing, refusal } from './exchange.ts';
import { type GraphqlRequest, parseRequest } from './graphql-request.ts';
import type { Logger } from './logger.ts';
import { sseAnswer, sseStream } from './sse.ts';
import {
  createSubscribe,
  isStream,
  type Payloads,
  type Subscription,
  type SubscriptionParts,
} from './subscriptions.ts';

export type GraphqlParts<Context extends object> = {
  schema: GraphQLSchema;
  plugins: Plugin[];
  /** What resolvers may reach, made for one request. */
  contextOf: (caller: Caller) => Context;
  logger: Logger;
  /** Told of the code of each request that was refused before any of its fields was resolved. */
  refused: (code: FailureCode) => void;
} & Pick<SubscriptionParts, 'streams' | 'eventContextOf' | 'subscribed'>;

export type Graphql = {
  /** One request, whatever it came by; it never rejects. */
  run(request: GraphqlRequest, caller: Caller): Promise<Payloads | ExecutionResult>;
  /** POST /graphql. */
  answer(incoming: Incoming, caller: Caller): Promise<Outgoing>;
};

/** Seconds. */
const STREAM_RETRY_S = 5;

type ServerContext = { caller: Caller };
/** As it comes from execution, or from what threw before it. */
export type RawResult = Omit<ExecutionResult, 'errors'> & { errors?: readonly unknown[] };

export function createGraphql<Context extends object>(parts: GraphqlParts<Context>): Graphql {
  const { schema, plugins, contextOf, logger, refused, streams } = parts;
  const presented = (result: RawResult, caller: Caller): ExecutionResult => {
    const { errors, ...rest } = result;
    if (errors === undefined) return rest;
    if (!('data' in rest)) for (const error of errors.slice(0, 1)) refused(codeOf(error));
    return { ...rest, errors: errors.map((error) => present(error, caller, logger)) };
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
    plugins,
    context: ({ caller }) => contextOf(caller),
  });

  const subscribe = createSubscribe({ ...parts, presented });

  async function execute(request: GraphqlRequest, caller: Caller): Promise<RawResult | Payloads> {
    const { query, variables, operationName } = request;
    const enveloped = yoga.getEnveloped({ caller });
    const document = enveloped.parse(query);
    const errors = enveloped.validate(enveloped.schema, document);
    if (errors.length > 0) return { errors };
    const operation = getOperationAST(document, operationName);
    if (operation?.operation === 'subscription') return begin({ ...request, document, operation }, caller);
    return enveloped.execute({
      schema: enveloped.schema,
      document,
      contextValue: await enveloped.contextFactory(),
      variableValues: variables,
      operationName,
    });
  }

  async function begin(asked: Subscription, caller: Caller): Promise<RawResult | Payloads> {
    const error = refusalOf(asked) ?? complexityRefusalOf(schema, asked);
    return error === null ? subscribe(asked, caller) : { errors: [error] };
  }

  const run = async (request: GraphqlRequest, caller: Caller): Promise<Payloads | ExecutionResult> => {
    const result = await execute(request, caller).catch((error: unknown): RawResult => ({ errors: [error] }));
    return isStream(result) ? result : presented(result, caller);
  };

  return {
    run,
    async answer(incoming, caller) {
      const request = parseRequest(await incoming.body());
      const accept = incoming.header('accept') ?? '';
      const streamed = accept.includes('text/event-stream');
      const result = await run(request, caller);
      if (isStream(result)) {
        if (streamed) return sseStream(result, streams.dropped);
        await result.return();
        throw failure('INVALID_INPUT', 'a subscription needs accept: text/event-stream', { field: 'accept' });
      }
      const [error] = result.errors ?? [];
      // Too many streams: this one may be tried again, and a client need not read a stream to know.
      if (streamed && error?.extensions.code === 'RATE_LIMITED')
        return refusal(failure('RATE_LIMITED', error.message, { retryAfter: STREAM_RETRY_S }));
      return streamed ? sseAnswer(JSON.stringify(result)) : answer(result, accept);
    },
  };
}

function present(error: unknown, { correlationId }: Caller, logger: Logger): GraphQLError {
  if (codeOf(error) === 'INTERNAL') logger.error({ correlationId, err: causeOf(error) }, 'unexpected failure');
  return toGraphQLError(error, correlationId);
}

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
