// What GET /export?format=events gives: one event's envelope a line, in the order of the log, up to where the log was
// when it was asked. The next line is read only when the one before was taken.
import type { Position, RecordedEvent } from '../domain/event.ts';
import { limits } from '../domain/limits.ts';
import { categories } from '../domain/streams.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Queries } from '../queries/queries.ts';
import type { VisibleEvent } from '../queries/visible-events.ts';

const PAGE = 250;

type TenantEvents = { after: Position | null; keys: boolean };

/**
 * For the operator: the tenant's log as it is, unknown events too, so that an import loses nothing. Keys are left out
 * unless asked for: of them the file then holds names and hashes, and a server that imports them lets the secrets in.
 */
export async function* tenantEventLines(
  log: EventLog,
  tenant: string,
  { after: start, keys }: TenantEvents,
): AsyncGenerator<string> {
  const until = await log.head();
  const wanted = categories.filter((category) => keys || category !== 'key');
  for (let after = start; ; ) {
    const page = await log.read({ after, until, tenant, categories: wanted, limit: PAGE });
    if (page.events.length > 0) yield page.events.map(lineOf).join('');
    if (page.end) return;
    after = page.position;
  }
}

/** For an agent: what `events` shows it, by the same rules and with the same left out. */
export async function* visibleEventLines(
  queries: Pick<Queries, 'events'>,
  start: Position | null,
): AsyncGenerator<string> {
  for (let after = start; ; ) {
    const page = await queries.events({ after, types: null, stream: null, first: limits.first });
    if (page.events.length > 0) yield page.events.map((event) => lineOf(envelopeOf(event))).join('');
    if (!page.hasNextPage) return;
    after = page.endCursor;
  }
}

type Envelope = Omit<RecordedEvent, 'metadata'> & { metadata: object };

const envelopeOf = ({ id, type, at, data, metadata, stream, version, position }: VisibleEvent): Envelope => ({
  id,
  type,
  recordedAt: at,
  data,
  metadata,
  stream,
  revision: version,
  position,
});

const lineOf = (event: Envelope): string => `${JSON.stringify(event)}\n`;
