// A line of Annals' own `/export?format=events`: an event as the log had it. Nothing of it may be lost, so what is not
// known (a later version's type, a key of the metadata) is kept as it is.
import * as z from 'zod';
import { checkInstant, checkName } from '../domain/checks.ts';
import type { RecordedEvent } from '../domain/event.ts';
import { Failure } from '../domain/failure.ts';
import { parseStream } from '../domain/streams.ts';
import { decode } from '../events/codec.ts';
import { metadataFormat } from '../events/formats.ts';
import { jsonObject, problemOf } from './imported-memory.ts';

const name = z.string().min(1).max(512);

const schema: z.ZodType<RecordedEvent> = z.object({
  id: name,
  type: name,
  recordedAt: z.string(),
  data: jsonObject,
  metadata: z.custom<RecordedEvent['metadata']>(
    (value) => metadataFormat.safeParse(value).success,
    'is not an event’s',
  ),
  stream: name,
  revision: z.int().nonnegative(),
  position: name,
});

export function readEvent(value: unknown): RecordedEvent | { problem: string } {
  const { data: event, error } = schema.safeParse(value);
  if (error) return { problem: problemOf(error) };
  const stream = parseStream(event.stream);
  if (stream === null || stream.id === '') return { problem: 'stream: is not the name of a stream' };
  if (event.metadata.tenant !== stream.tenant) return { problem: 'metadata.tenant: is not the tenant of the stream' };
  try {
    checkName(stream.tenant, 'the tenant of the stream');
    checkInstant(event.recordedAt, 'recordedAt');
    decode(event);
  } catch (failure) {
    if (failure instanceof Failure) return { problem: failure.message };
    throw failure;
  }
  return event;
}
