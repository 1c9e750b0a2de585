// GraphQL over server-sent events, one operation a connection: `next` for each result, `complete` at the end.
// https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
import type { Outgoing } from './exchange.ts';
import type { Payload, Payloads } from './subscriptions.ts';

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  // A proxy must not hold events back.
  'x-accel-buffering': 'no',
};
const COMPLETE = 'event: complete\ndata:\n\n';

const nextOf = (json: string): string => `event: next\ndata: ${json}\n\n`;

/** Subscribers that share a payload share its bytes. */
const framed = new WeakMap<Payload, Buffer>();

function frameOf(payload: Payload): Buffer {
  const frame = framed.get(payload) ?? Buffer.from(nextOf(payload.json));
  framed.set(payload, frame);
  return frame;
}

/** An operation that is answered at once. */
export const sseAnswer = (json: string): Outgoing => ({ status: 200, headers, body: nextOf(json) + COMPLETE });

/** The next payload is asked for when whoever writes the body asks for more. */
export function sseStream(payloads: Payloads, dropped: AbortSignal): Outgoing {
  let completed = false;
  const body: AsyncIterableIterator<string | Uint8Array> = {
    async next() {
      if (completed) return { done: true, value: undefined };
      const { done, value } = await payloads.next();
      if (!done) return { done: false, value: frameOf(value) };
      completed = true;
      return { done: false, value: COMPLETE };
    },
    async return() {
      completed = true;
      await payloads.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  return { status: 200, headers, body, dropped };
}
