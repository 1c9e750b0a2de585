// A subscription's way from its request to the payloads that a transport sends. Each event is executed with a context of
// its own, for the rights that the subscriber has then, and shared between subscribers to whom it is the same.
import { createHash } from 'node:crypto';
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Caller } from '../access/caller.ts';
import { failure } from '../domain/failure.ts';
import type { Sighted } from '../live/cursor.ts';
import type { RawResult } from './graphql.ts';
import type { OpenStreams } from './open-streams.ts';
import { rootFieldOf, variableOf } from './root-field.ts';
import { createSharedPayloads, rightsOf } from './shared-payloads.ts';

/** A result, and the same as JSON. */
export type Payload = { result: ExecutionResult; json: string };

/** Ends with a payload of errors when the subscription fails. It never rejects. */
export type Payloads = {
  next(): Promise<IteratorResult<Payload, undefined>>;
  return(): Promise<IteratorResult<Payload, undefined>>;
  [Symbol.asyncIterator](): Payloads;
};

export const isStream = (result: object): result is Payloads => Symbol.asyncIterator in result;

/** A valid document, and which of its operations is asked for. */
export type Subscription = {
  query: string;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  operationName: string | null;
  variables: Record<string, unknown>;
};

type Notice = { kind: string; position: string };

export type SubscriptionParts = {
  schema: GraphQLSchema;
  streams: OpenStreams;
  /** For the subscriber, and then for each of its events. */
  contextOf: (caller: Caller) => object;
  eventContextOf: (caller: Caller) => object;
  /** As it goes out. */
  presented: (result: RawResult, caller: Caller) => ExecutionResult;
  /** Told of each subscription by its root field; gives what is told of its events and its end. */
  subscribed: (field: string) => { sent: () => void; ended: () => void };
};

/** Resolves when the stream has begun, or to what it fails with; RATE_LIMITED when there are too many. */
export type Subscribe = (asked: Subscription, caller: Caller) => Promise<Payloads | ExecutionResult>;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

export function createSubscribe(parts: SubscriptionParts): Subscribe {
  const { schema, streams, contextOf, eventContextOf, presented, subscribed } = parts;
  const shared = createSharedPayloads<Payload>(({ result }) => result.errors === undefined);

  async function payloadOf(asked: Subscription, sighted: Sighted<Notice>): Promise<Payload> {
    const { document, operationName, variables } = asked;
    const result = await execute({
      schema,
      document,
      operationName,
      variableValues: variables,
      rootValue: sighted,
      contextValue: eventContextOf(sighted.caller),
    });
    return payload(presented(result, sighted.caller));
  }

  function payloadsOf(
    asked: Subscription,
    caller: Caller,
    source: AsyncIterator<unknown>,
    leave: () => void,
  ): Payloads {
    const question = questionOf(asked);
    const { sent, ended } = subscribed(rootFieldOf(asked.document, asked.operation)?.name.value ?? '');
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      leave();
      ended();
    };

    async function next(): Promise<IteratorResult<Payload, undefined>> {
      if (over) return DONE;
      try {
        const { done, value } = await source.next();
        if (done) {
          end();
          return DONE;
        }
        const sighted = value as Sighted<Notice>;
        const { notice, generation } = sighted;
        const key = [question, rightsOf(sighted.caller), generation, notice.kind, notice.position].join(' ');
        const made = await shared.share(key, () => payloadOf(asked, sighted));
        sent();
        return { done: false, value: made };
      } catch (error) {
        end();
        await source.return?.();
        return { done: false, value: payload(presented({ errors: [error] }, caller)) };
      }
    }

    return {
      next,
      async return() {
        end();
        await source.return?.();
        return DONE;
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  return async (asked, caller) => {
    const leave = streams.enter(caller);
    if (leave === null) throw failure('RATE_LIMITED', 'too many subscriptions are open; end some, or try again');
    try {
      const { document, operationName, variables } = asked;
      const source = await createSourceEventStream({
        schema,
        document,
        operationName,
        variableValues: variables,
        contextValue: contextOf(caller),
      });
      if (isAsyncIterable(source)) return payloadsOf(asked, caller, source[Symbol.asyncIterator](), leave);
      leave();
      return source;
    } catch (error) {
      leave();
      throw error;
    }
  };
}

const payload = (result: ExecutionResult): Payload => ({ result, json: JSON.stringify(result) });

/** The same for all who ask the same, wherever they resume. */
function questionOf({ query, document, operation, operationName, variables }: Subscription): string {
  const field = rootFieldOf(document, operation);
  const resumes = field === null ? null : variableOf(field, 'after');
  const asked = Object.entries(variables).filter(([name]) => name !== resumes);
  return createHash('sha256')
    .update(JSON.stringify([query, operationName, asked]))
    .digest('base64');
}
