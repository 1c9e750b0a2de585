// An event as a row of the table, and back. Each row carries a CRC-32 of all it holds, so that what the disk changed is
// refused and never served.

import type { SQLOutputValue } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { RecordedEvent } from '../../domain/event.ts';
import type { PreparedEvent, PreparedWrite } from '../prepare.ts';
import type { Positions } from './positions.ts';
import { damaged } from './trouble.ts';

export const columns =
  'position, stream, revision, id, type, category, tenant, recorded_at, data, metadata, crc' as const;

/** The values of `columns`, in their order. */
export type Row = [
  position: number,
  stream: string,
  revision: number,
  id: string,
  type: string,
  category: string,
  tenant: string,
  recordedAt: string,
  data: string,
  metadata: string,
  crc: number,
];

export function rowOf(event: PreparedEvent, write: PreparedWrite, position: number, revision: number): Row {
  const { id, type, recordedAt, data, metadata } = event;
  const { category, tenant } = write.name;
  const row: Row = [position, write.stream, revision, id, type, category, tenant, recordedAt, data, metadata, 0];
  row[10] = checksum(row);
  return row;
}

/** The event of a row; throws the sentence about damage when the row is not what was written. */
export function eventOf(values: readonly SQLOutputValue[], positions: Positions): RecordedEvent {
  if (checksum(values) !== values.at(-1)) throw damaged(`at position ${positions.of(Number(values[0]))}`);
  // The checksum holds, so these are the values that `rowOf` made, of its types.
  const [position, stream, revision, id, type, , , recordedAt, data, metadata] = values as Row;
  return {
    id,
    type,
    recordedAt,
    data: JSON.parse(data),
    metadata: JSON.parse(metadata),
    stream,
    revision,
    position: positions.of(position),
  };
}

/**
 * Over all values but the checksum itself. No value holds a NUL (`prepareAppend`, and JSON escapes it), so the joined text
 * is one for each row. The long values are added as they are, without a copy.
 */
function checksum(values: readonly SQLOutputValue[]): number {
  const [position, stream, revision, id, type, category, tenant, recordedAt, data, metadata] = values;
  const envelope = `${position}\0${stream}\0${revision}\0${id}\0${type}\0${category}\0${tenant}\0${recordedAt}\0`;
  return crc32(`\0${metadata}`, crc32(String(data), crc32(envelope)));
}
