// The call `Read`: a stream or the log of all, once or as a subscription that goes on.

import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { fail, type Handling, later } from './handling.ts';
import { noBoundary, streamDeleted, unavailable } from './protocol-error.ts';
import { eventAnswer, streamNotFound } from './read-answers.ts';
import { type ReadRequest, readRequestOf } from './requests.ts';
import type { StoredEvent } from './stored-event.ts';
import { subscribe } from './subscription.ts';

export type ReadCall = ServerWritableStream<ReadReq, ReadResp>;

export function readCalls(handling: Handling): handleServerStreamingCall<ReadReq, ReadResp> {
  const { faults, store } = handling;
  return (call) => {
    answer(call).catch((error: unknown) => fail(call, error));
  };

  async function answer(call: ReadCall): Promise<void> {
    const request = readRequestOf(call.request);
    const { stream, from, subscription } = request;
    if (stream === null && typeof from === 'number' && !store.isBoundary(from)) throw noBoundary(from);
    const fault = faults.meet(subscription ? 'subscribe' : 'read', stream ?? '$all');
    if (fault?.kind === 'refuse') throw unavailable();
    if (fault?.kind === 'stall') return;
    if (fault?.kind === 'late') await later(handling, fault.milliseconds);
    const dropAfter = fault?.kind === 'drop' ? fault.after : Number.POSITIVE_INFINITY;
    if (subscription) return subscribe({ call, request, store, dropAfter, twice: fault?.kind === 'twice' });
    const events = stream === null ? readAll(request) : readOne(stream, request);
    if (events === null) call.write(streamNotFound(stream ?? ''));
    else await send(call, events, dropAfter);
    if (fault?.kind === 'lose' && fault.by === 'silence') return;
    if (fault?.kind === 'lose') throw unavailable();
    call.end();
  }

  function readAll({ from, count, backwards, filter }: ReadRequest): StoredEvent[] {
    const position = from === 'start' ? 0 : from === 'end' ? Number.POSITIVE_INFINITY : from;
    if (filter === null) return store.readAll(position, count, backwards);
    return store.readAll(position, Number.POSITIVE_INFINITY, backwards).filter(filter.matches).slice(0, count);
  }

  /** Null where there is no such stream. */
  function readOne(stream: string, { from, count, backwards }: ReadRequest): StoredEvent[] | null {
    const revision = from === 'start' ? 0 : from === 'end' ? Number.POSITIVE_INFINITY : from;
    const page = store.readStream(stream, revision, count, backwards);
    if (page.kind === 'deleted') throw streamDeleted(stream);
    return page.kind === 'missing' ? null : page.events;
  }
}

/** As fast as the client takes them. */
async function send(call: ReadCall, events: readonly StoredEvent[], dropAfter: number): Promise<void> {
  for (const event of events.slice(0, dropAfter)) {
    if (call.cancelled) return;
    if (!call.write(eventAnswer(event))) await drained(call);
  }
  if (events.length > dropAfter) throw unavailable();
}

/** Resolves when the client takes more, or has gone. */
export function drained(call: ReadCall): Promise<void> {
  if (call.cancelled) return Promise.resolve();
  return new Promise((resolve) => {
    const go = () => {
      call.off('drain', go);
      call.off('cancelled', go);
      resolve();
    };
    call.on('drain', go);
    call.on('cancelled', go);
  });
}
