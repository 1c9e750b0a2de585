// The calls `Delete`, which is soft, and `Tombstone`, which is for ever.

import type { DeleteReq, DeleteResp, TombstoneReq, TombstoneResp } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { handleUnaryCall } from '@grpc/grpc-js';
import { type Handling, later } from './handling.ts';
import { isProtocolError, streamDeleted, unavailable, unexpected, wrongExpectedVersion } from './protocol-error.ts';
import { expectedOf, given, streamOf } from './requests.ts';
import type { AppendOutcome } from './store.ts';
import type { Expected } from './stored-event.ts';

export function deleteCalls(handling: Handling): handleUnaryCall<DeleteReq, DeleteResp> {
  return (call, callback) => {
    perform(handling, () => call.request.getOptions(), handling.store.deleteStream)
      .then((position) => {
        if (position === null) return;
        const place = new streams.DeleteResp.Position();
        place.setCommitPosition(position).setPreparePosition(position);
        callback(null, new streams.DeleteResp().setPosition(place));
      })
      .catch((error: unknown) => callback(isProtocolError(error) ? error : unexpected(error)));
  };
}

export function tombstoneCalls(handling: Handling): handleUnaryCall<TombstoneReq, TombstoneResp> {
  return (call, callback) => {
    perform(handling, () => call.request.getOptions(), handling.store.tombstone)
      .then((position) => {
        if (position === null) return;
        const place = new streams.TombstoneResp.Position();
        place.setCommitPosition(position).setPreparePosition(position);
        callback(null, new streams.TombstoneResp().setPosition(place));
      })
      .catch((error: unknown) => callback(isProtocolError(error) ? error : unexpected(error)));
  };
}

/** The position of the deletion; null: it is never answered. */
async function perform(
  handling: Handling,
  optionsOf: () => DeleteReq.Options | TombstoneReq.Options | undefined,
  work: (stream: string, expected: Expected) => AppendOutcome,
): Promise<string | null> {
  const options = given(optionsOf(), 'options');
  const stream = streamOf(options.getStreamIdentifier());
  const expected = expectedOf(options, options.getRevision());
  const fault = handling.faults.meet('delete', stream);
  if (fault?.kind === 'refuse') throw unavailable();
  if (fault?.kind === 'stall') return null;
  const outcome = work(stream, expected);
  if (fault?.kind === 'late') await later(handling, fault.milliseconds);
  if (fault?.kind === 'lose' && fault.by === 'silence') return null;
  if (fault?.kind === 'lose') throw unavailable();
  if (outcome.kind === 'deleted') throw streamDeleted(stream);
  if (outcome.kind === 'conflict') throw wrongExpectedVersion(stream, numberOf(expected), outcome.current);
  if (outcome.kind === 'too-large') throw unexpected(outcome.kind);
  return String(outcome.position);
}

/** As trailers have it. */
const numberOf = (expected: Expected): number =>
  typeof expected === 'number' ? expected : { 'no-stream': -1, any: -2, 'stream-exists': -4 }[expected];
