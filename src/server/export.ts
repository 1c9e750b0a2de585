// GET /export: what the caller may read, as NDJSON. Each line has the position behind which `after` resumes.
import type { Projector } from '../../projections/projector.ts';
import { type Caller, readerOf } from '../access/caller.ts';
import { failure } from '../domain/failure.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Queries } from '../queries/queries.ts';
import type { ViewReader } from '../views/view-store.ts';
import type { Incoming, Outgoing } from './exchange.ts';
import { tenantEventLines, visibleEventLines } from './export-events.ts';
import { memoryLines } from './export-memories.ts';

export type ExportSources = {
  log: EventLog;
  views: ViewReader;
  projector: Projector;
  queries: (caller: Caller) => Pick<Queries, 'events'>;
  clock: () => Date;
};

/** FORBIDDEN for the administrator, who reads no memories, in either format. */
export async function exportAs(sources: ExportSources, caller: Caller, incoming: Incoming): Promise<Outgoing> {
  const reader = readerOf(caller);
  const format = oneOf(incoming, 'format', ['events', 'memories']);
  const keys = oneOf(incoming, 'keys', ['true', 'false'], 'false') === 'true';
  if (keys && (format !== 'events' || caller.agent !== null))
    throw failure('FORBIDDEN', "only the tenant's operator exports keys, with format=events", { field: 'keys' });
  const given = incoming.query.get('after');
  const after = given === null ? null : await sources.log.parsePosition(given, 'after');
  const lines =
    format === 'memories'
      ? memoryLines(sources, reader, after)
      : caller.agent === null
        ? tenantEventLines(sources.log, reader.tenant, { after, keys })
        : visibleEventLines(sources.queries(caller), after);
  return { status: 200, headers: { 'content-type': 'application/x-ndjson; charset=utf-8' }, body: lines };
}

function oneOf<T extends string>({ query }: Incoming, field: string, allowed: readonly T[], otherwise?: T): T {
  const given = query.get(field) ?? otherwise;
  const found = allowed.find((value) => value === given);
  if (found === undefined)
    throw failure('INVALID_INPUT', `say ${allowed.map((value) => `${field}=${value}`).join(' or ')}`, { field });
  return found;
}
