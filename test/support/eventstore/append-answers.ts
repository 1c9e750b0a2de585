// What became of an append, as messages of the protocol.
import shared from '@eventstore/db-client/generated/shared_pb.js';
import status from '@eventstore/db-client/generated/status_pb.js';
import type { AppendResp, BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import type { AppendRequest } from './append-calls.ts';
import { streamDeleted, tooLarge } from './protocol-error.ts';
import type { AppendOutcome } from './store.ts';

export function batchAnswer(
  correlation: string,
  { stream, expected }: AppendRequest,
  outcome: AppendOutcome,
): BatchAppendResp {
  const answer = new streams.BatchAppendResp();
  answer.setCorrelationId(new shared.UUID().setString(correlation));
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(stream));
  answer.setStreamIdentifier(identifier);
  switch (outcome.kind) {
    case 'written': {
      const success = new streams.BatchAppendResp.Success();
      if (outcome.revision < 0) success.setNoStream(new empty.Empty());
      else success.setCurrentRevision(String(outcome.revision));
      const position = new shared.AllStreamPosition();
      position.setCommitPosition(String(outcome.position)).setPreparePosition(String(outcome.position));
      if (outcome.position === null) success.setNoPosition(new empty.Empty());
      else success.setPosition(position);
      return answer.setSuccess(success);
    }
    case 'conflict': {
      const wrong = new shared.WrongExpectedVersion();
      if (outcome.current < 0) wrong.setCurrentNoStream(new empty.Empty());
      else wrong.setCurrentStreamRevision(String(outcome.current));
      if (expected === 'no-stream') wrong.setExpectedNoStream(new empty.Empty());
      else if (expected === 'any') wrong.setExpectedAny(new empty.Empty());
      else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new empty.Empty());
      else wrong.setExpectedStreamPosition(String(expected));
      return answer.setError(errorOf('WrongExpectedVersion', wrong));
    }
    case 'deleted':
      return answer.setError(errorOf('StreamDeleted', new shared.StreamDeleted().setStreamIdentifier(identifier)));
    case 'too-large':
      return answer.setError(
        errorOf('MaximumAppendSizeExceeded', new shared.MaximumAppendSizeExceeded().setMaxappendsize(outcome.limit)),
      );
  }
}

function errorOf(name: string, message: { serializeBinary(): Uint8Array }) {
  const details = new any.Any();
  details.pack(message.serializeBinary(), `event_store.client.${name}`);
  const error = new status.Status();
  error.setDetails(details);
  return error;
}

/** Throws for what this call answers with an error. */
export function appendAnswer({ stream, expected }: AppendRequest, outcome: AppendOutcome): AppendResp {
  const answer = new streams.AppendResp();
  switch (outcome.kind) {
    case 'written': {
      const success = new streams.AppendResp.Success();
      if (outcome.revision < 0) success.setNoStream(new shared.Empty());
      else success.setCurrentRevision(String(outcome.revision));
      const position = new streams.AppendResp.Position();
      position.setCommitPosition(String(outcome.position)).setPreparePosition(String(outcome.position));
      if (outcome.position === null) success.setNoPosition(new shared.Empty());
      else success.setPosition(position);
      return answer.setSuccess(success);
    }
    case 'conflict': {
      const wrong = new streams.AppendResp.WrongExpectedVersion();
      if (outcome.current < 0) wrong.setCurrentNoStream(new shared.Empty());
      else wrong.setCurrentRevision(String(outcome.current));
      if (expected === 'no-stream') wrong.setExpectedNoStream(new shared.Empty());
      else if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
      else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty());
      else wrong.setExpectedRevision(String(expected));
      return answer.setWrongExpectedVersion(wrong);
    }
    case 'deleted':
      throw streamDeleted(stream);
    case 'too-large':
      throw tooLarge(outcome.limit);
  }
}
