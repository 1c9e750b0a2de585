// Between the domain's events and the log's. What is read back is parsed, not believed.
import type {
  EventMetadata,
  Instant,
  JsonObject,
  NewEvent,
  Position,
  Recorded,
  RecordedEvent,
} from '../domain/event.ts';
import { failure } from '../domain/failure.ts';
import { parseStream, type StreamName } from '../domain/streams.ts';
import { type DomainEvent, type Format, formats, metadataFormat } from './formats.ts';

/** A domain event with its envelope. `event` is what folds and projections switch on, `at` what they fold it with. */
export type DecodedEvent<Event extends DomainEvent = DomainEvent> = {
  event: Event;
  at: Recorded;
  id: string;
  stream: string;
  /** The stream's name in its parts. */
  name: StreamName;
  position: Position;
  metadata: EventMetadata;
};

type Formats = Readonly<Record<string, Format>>;

/**
 * The event in the form of today. null for a type that is not known, or written by a newer Annals: to be skipped and
 * counted. Throws INTERNAL when the data is not what its type and schema number promise.
 */
export const decode: (recorded: RecordedEvent) => DecodedEvent | null = createDecoder(formats);

/** What is known of them; events of other types, or of a newer Annals, are left out. */
export const decodeKnown = (recorded: readonly RecordedEvent[]): DecodedEvent[] =>
  recorded.map(decode).filter((event) => event !== null);

export function createDecoder(known: Formats): (recorded: RecordedEvent) => DecodedEvent | null {
  // The type is taken from here and not from the event: one string for each type compares and hashes at once.
  const byType = new Map(Object.entries(known).map(([type, format]) => [type, { type, format }]));
  return (recorded) => {
    const found = byType.get(recorded.type);
    const name = parseStream(recorded.stream);
    if (found === undefined || name === null) return null;
    const { type, format } = found;
    const { id, stream, position, revision, recordedAt } = recorded;
    const { success, data: metadata } = metadataFormat.safeParse(recorded.metadata);
    if (!success) throw unreadable(recorded, 'metadata');
    if (metadata.schema > format.schema) return null;
    const parsed = format.data.safeParse(lift(recorded, format));
    if (!parsed.success) throw unreadable(recorded, parsed.error.issues[0]?.path.join('.'));
    return {
      // The format of a type has exactly that type's data (formats.ts holds them to it); a map of them cannot say so.
      event: { type, data: parsed.data } as DomainEvent,
      at: { tenant: name.tenant, id: name.id, revision, recordedAt, actor: metadata.actor },
      id,
      stream,
      name,
      position,
      metadata,
    };
  };
}

function lift(recorded: RecordedEvent, format: Format): JsonObject {
  let data = recorded.data;
  for (let schema = recorded.metadata.schema; schema < format.schema; schema++) {
    const upcast = format.upcasters[schema];
    if (upcast === undefined) throw unreadable(recorded, `schema ${schema}`);
    data = upcast(data);
  }
  return data;
}

const unreadable = ({ stream, revision, type }: RecordedEvent, where = 'data') =>
  failure('INTERNAL', `event ${revision} of ${stream} is not a whole ${type}: ${where}`);

export type Envelope = { id: string; recordedAt: Instant; metadata: Omit<EventMetadata, 'schema'> };

/** The event as it is appended, at its type's schema number. */
export const encode = ({ type, data }: DomainEvent, { id, recordedAt, metadata }: Envelope): NewEvent => ({
  id,
  type,
  recordedAt,
  data,
  metadata: { ...metadata, schema: formats[type].schema },
});
