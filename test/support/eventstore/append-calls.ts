// The calls that write: `BatchAppend`, one long call that carries many appends and is what the client uses by itself, and
// `Append`, a call for each.

import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@eventstore/db-client/generated/streams_pb.js';
import type { handleBidiStreamingCall, handleClientStreamingCall, ServerDuplexStream } from '@grpc/grpc-js';
import { appendAnswer, batchAnswer } from './append-answers.ts';
import { fail, type Handling, later } from './handling.ts';
import { isProtocolError, unavailable, unexpected } from './protocol-error.ts';
import { expectedOf, given, proposedOf, streamOf, uuidOf } from './requests.ts';
import type { AppendOutcome } from './store.ts';
import type { Expected, ProposedEvent } from './stored-event.ts';

export type AppendRequest = { stream: string; expected: Expected; events: ProposedEvent[] };

/** Does what an append asks, or what its fault makes of it; null: it is never answered. */
async function perform(handling: Handling, { stream, expected, events }: AppendRequest): Promise<AppendOutcome | null> {
  const { faults, store } = handling;
  const fault = faults.meet('append', stream);
  if (fault?.kind === 'refuse') throw unavailable();
  if (fault?.kind === 'stall') return null;
  const outcome = store.append(stream, expected, events);
  if (fault?.kind === 'late') await later(handling, fault.milliseconds);
  if (fault?.kind === 'lose' && fault.by === 'silence') return null;
  if (fault?.kind === 'lose') throw unavailable();
  return outcome;
}

export function batchAppendCalls(handling: Handling): handleBidiStreamingCall<BatchAppendReq, BatchAppendResp> {
  return (call) => {
    const open = new Map<string, AppendRequest>();
    call.on('data', (message: BatchAppendReq) => {
      take(call, open, message).catch((error: unknown) => fail(call, error));
    });
    call.on('end', () => call.end());
  };

  /** An append comes in one message or several, of which the first has its options. */
  async function take(
    call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
    open: Map<string, AppendRequest>,
    message: BatchAppendReq,
  ): Promise<void> {
    const correlation = uuidOf(message.getCorrelationId());
    const options = message.getOptions();
    if (options !== undefined)
      open.set(correlation, {
        stream: streamOf(options.getStreamIdentifier()),
        expected: expectedOf(options, options.getStreamPosition()),
        events: [],
      });
    const request = given(open.get(correlation), 'options');
    for (const wire of message.getProposedMessagesList()) request.events.push(proposedOf(wire));
    if (!message.getIsFinal()) return;
    open.delete(correlation);
    const outcome = await perform(handling, request);
    if (outcome !== null && !call.cancelled) call.write(batchAnswer(correlation, request, outcome));
  }
}

export function appendCalls(handling: Handling): handleClientStreamingCall<AppendReq, AppendResp> {
  return (call, callback) => {
    let request: AppendRequest | undefined;
    const refuse = (error: unknown) => callback(isProtocolError(error) ? error : unexpected(error));
    call.on('data', (message: AppendReq) => {
      try {
        const options = message.getOptions();
        if (options !== undefined)
          request = {
            stream: streamOf(options.getStreamIdentifier()),
            expected: expectedOf(options, options.getRevision()),
            events: [],
          };
        else given(request, 'options').events.push(proposedOf(given(message.getProposedMessage(), 'event')));
      } catch (error) {
        refuse(error);
      }
    });
    call.on('end', () => {
      if (request === undefined) return;
      const asked = request;
      perform(handling, asked)
        .then((outcome) => outcome !== null && callback(null, appendAnswer(asked, outcome)))
        .catch(refuse);
    });
  };
}
