// The place of a row in a list that is sorted by a time and an id, as text that only its own list reads.
import { z } from 'zod';
import { failure } from '../domain/failure.ts';

export const toCursor = (time: string, id: string): string =>
  Buffer.from(JSON.stringify([time, id])).toString('base64url');

const parts = z.tuple([z.iso.datetime(), z.string().min(1).max(200)]);

export function fromCursor(cursor: string): [time: string, id: string] {
  try {
    return parts.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch {
    throw failure('INVALID_INPUT', 'after is not the cursor of a row', { field: 'after' });
  }
}
