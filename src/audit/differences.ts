// What is different between a document that the log makes and the one that is served, and which event made it so.
import { projectPage } from '../../projections/project-page.ts';
import type { Position } from '../domain/event.ts';
import { streamName } from '../domain/streams.ts';
import { decode } from '../events/codec.ts';
import type { EventLog } from '../log/event-log.ts';
import type { DocumentKind, Documents } from '../views/view-store.ts';
import { canonical, firstPath, valueAt } from './forms.ts';

/** Names places, never values: whoever may verify need not be one who may read. */
export type Difference = {
  tenant: string;
  kind: DocumentKind;
  id: string;
  /**
   * missing: it is not served; extra: the log makes none; different: the two differ; unreadable: the log holds an event
   * that says nothing, so that nobody can tell.
   */
  problem: 'missing' | 'extra' | 'different' | 'unreadable';
  /** A dotted path to the first field that differs; null where the whole document does. */
  field: string | null;
  /** The event that last touched the field, or the document, or cannot be read; null where the log has none. */
  event: { position: Position; type: string } | null;
};

export type Place = Pick<Difference, 'tenant' | 'kind' | 'id'>;

/** As of `until`, the position up to which the two were made. */
export async function describe(
  log: EventLog,
  place: Place,
  { replayed, served, until }: { replayed: object | null; served: object | null; until: Position },
): Promise<Difference> {
  const path = replayed === null || served === null ? '' : (firstPath(replayed, served) ?? '');
  return {
    ...place,
    problem: served === null ? 'missing' : replayed === null ? 'extra' : 'different',
    field: path === '' ? null : path,
    event: await lastTouch(log, place, path, until),
  };
}

async function lastTouch(
  log: EventLog,
  { tenant, kind, id }: Place,
  path: string,
  until: Position,
): Promise<Difference['event']> {
  const stream = streamName(kind === 'votes' ? 'memory' : kind, tenant, id);
  const documents = new Map<DocumentKind, Documents[DocumentKind]>();
  let touched: Difference['event'] = null;
  for (const event of (await log.readStream(stream, { until })).map(decode)) {
    if (event === null) continue;
    const before = canonical(valueAt(documents.get(kind), path));
    const changes = await projectPage([event], async (keys) => keys.map((key) => documents.get(key.kind)));
    for (const change of changes) documents.set(change.kind, change.document);
    const after = canonical(valueAt(documents.get(kind), path));
    if (before !== after || touched === null) touched = { position: event.position, type: event.event.type };
  }
  return touched;
}
