// Lists of records, newest first.
import { z } from 'zod';
import type { Instant } from '../../../domain/event.ts';
import { fromCursor, toCursor } from '../../cursor.ts';
import type { RecordKind, RecordsPage, RecordsQuery } from '../../view-store.ts';
import { milliseconds } from '../attributes.ts';
import { indexOf, parseDocument } from '../documents.ts';
import { exactText } from '../exact-text.ts';
import type { ReaderContext } from '../reader-context.ts';
import { allOf, anyOf, is, isBetween, isOneOf, noneOf, type Query } from './query.ts';
import { searchOne } from './searches.ts';

const place = z.tuple([z.number(), z.string()]);
const kept = z.object({ document: z.string() });

export async function records<K extends RecordKind>(
  context: ReaderContext,
  query: RecordsQuery<K>,
): Promise<RecordsPage<K>> {
  const { kind, first, after } = query;
  const beyond = after === undefined ? null : fromCursor(after);
  const position = context.position();
  const { hits, total } = await searchOne(context, indexOf[kind], {
    query: allOf([...conditions(query)]),
    _source: ['document'],
    size: first + 1,
    sort: [{ at: 'desc' }, { id: 'desc' }],
    track_total_hits: true,
    ...(beyond !== null && { search_after: [milliseconds(beyond[0]), beyond[1]] }),
  });
  return {
    rows: hits.slice(0, first).map(({ source, sort }) => {
      const [at, id] = place.parse(sort);
      return {
        document: parseDocument<K>(kept.parse(source).document),
        cursor: toCursor(new Date(at).toISOString(), id),
      };
    }),
    hasNextPage: hits.length > first,
    total,
    position,
  };
}

function* conditions({ tenant, now, where = {} }: RecordsQuery): Generator<Query> {
  const { agent, status, namespace, session, participants } = where;
  yield is('tenant', tenant);
  if (agent !== undefined) yield is('agent', agent);
  if (status !== undefined) yield statusQuery(status, now);
  if (namespace !== undefined) yield is('namespace', namespace);
  if (session !== undefined) yield is('session', exactText(session));
  if (participants !== undefined) yield isOneOf('participants', participants);
}

function statusQuery(status: string, now: Instant): Query {
  const expired = isBetween('expiresAt', { lte: milliseconds(now) });
  return status === 'EXPIRED'
    ? anyOf([expired, is('status', status)])
    : allOf([is('status', status), noneOf([expired])]);
}
