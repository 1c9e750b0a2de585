// What clients ask, out of the messages of the protocol.
import type { StreamIdentifier as WireStream, UUID as WireUuid } from '@eventstore/db-client/generated/shared_pb.js';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { malformed } from './protocol-error.ts';
import type { Expected, ProposedEvent, StoredEvent } from './stored-event.ts';

export type ReadRequest = {
  /** Null: the log of all. */
  stream: string | null;
  /** A revision, or for the log of all a position. */
  from: 'start' | 'end' | number;
  backwards: boolean;
  /** Infinity for a subscription. */
  count: number;
  subscription: boolean;
  filter: Filter | null;
};

export type Filter = {
  matches(event: StoredEvent): boolean;
  /** A checkpoint is sent after so many events that were looked at. */
  checkpointEvery: number;
};

/** What a message must have. */
export function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw malformed(`${what} is missing`);
  return value;
}

export const streamOf = (identifier: WireStream | undefined): string =>
  Buffer.from(given(identifier, 'stream identifier').getStreamName_asU8()).toString('utf8');

export function uuidOf(wire: WireUuid | undefined): string {
  const uuid = given(wire, 'UUID');
  if (uuid.hasString()) return uuid.getString();
  const structured = given(uuid.getStructured(), 'UUID');
  const hex = [structured.getMostSignificantBits(), structured.getLeastSignificantBits()]
    .map((bits) => BigInt.asUintN(64, BigInt(bits)).toString(16).padStart(16, '0'))
    .join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

/** The messages of appends and of deletions have this in common. */
type WireExpectation = { hasNoStream(): boolean; hasAny(): boolean; hasStreamExists(): boolean };

export function expectedOf(options: WireExpectation, revision: string): Expected {
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasAny()) return 'any';
  return options.hasStreamExists() ? 'stream-exists' : Number(revision);
}

/** The messages of both kinds of append have this in common. */
type WireProposed = {
  getId(): WireUuid | undefined;
  getMetadataMap(): { get(name: string): string | undefined };
  getData_asU8(): Uint8Array;
  getCustomMetadata_asU8(): Uint8Array;
};

export const proposedOf = (wire: WireProposed): ProposedEvent => ({
  id: uuidOf(wire.getId()),
  type: given(wire.getMetadataMap().get('type'), 'type'),
  contentType: given(wire.getMetadataMap().get('content-type'), 'content-type'),
  data: wire.getData_asU8(),
  metadata: wire.getCustomMetadata_asU8(),
});

export function readRequestOf(message: ReadReq): ReadRequest {
  const options = given(message.getOptions(), 'options');
  const subscription = options.hasSubscription();
  const one = options.getStream();
  const place = one ?? given(options.getAll(), 'stream or all');
  const number = one === undefined ? options.getAll()?.getPosition()?.getCommitPosition() : one.getRevision();
  return {
    stream: one === undefined ? null : streamOf(one.getStreamIdentifier()),
    from: place.hasStart() ? 'start' : place.hasEnd() ? 'end' : Number(given(number, 'position')),
    backwards: options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS,
    count: subscription ? Number.POSITIVE_INFINITY : Number(options.getCount()),
    subscription,
    filter: filterOf(options.getFilter()),
  };
}

function filterOf(wire: ReadReq.Options.FilterOptions | undefined): Filter | null {
  if (wire === undefined) return null;
  const byType = wire.getEventType();
  const expression = given(byType ?? wire.getStreamIdentifier(), 'filter');
  const nameOf = (event: StoredEvent) => (byType === undefined ? event.stream : event.type);
  const pattern = expression.getRegex() === '' ? null : new RegExp(expression.getRegex());
  const prefixes = expression.getPrefixList();
  return {
    matches: (event) => pattern?.test(nameOf(event)) ?? prefixes.some((prefix) => nameOf(event).startsWith(prefix)),
    checkpointEvery: (wire.hasMax() ? wire.getMax() : 32) * (wire.getCheckpointintervalmultiplier() || 1),
  };
}
