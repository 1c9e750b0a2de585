// Makes `metadata_holds(metadata, filter)` known to a connection: both as JSON text, no metadata as null.
import type { DatabaseSync } from 'node:sqlite';
import QuickLru from 'quick-lru';
import type { JsonObject } from '../../domain/event.ts';
import { metadataHolds } from '../metadata-test.ts';
import type { MetadataFilter } from '../view-store.ts';

export function defineMetadataFunction(db: DatabaseSync): void {
  // A statement passes the same few filters for every row.
  const filters = new QuickLru<string, MetadataFilter>({ maxSize: 64 });
  db.function('metadata_holds', { deterministic: true, directOnly: true }, (metadata, filter) => {
    const text = String(filter);
    let parsed = filters.get(text);
    if (parsed === undefined) {
      parsed = JSON.parse(text) as MetadataFilter;
      filters.set(text, parsed);
    }
    const values = metadata === null ? {} : (JSON.parse(String(metadata)) as JsonObject);
    return metadataHolds(values, parsed) ? 1 : 0;
  });
}
